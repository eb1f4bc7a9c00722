// libFuzzer's entry to the one target that is linked with it.
#include <cstdint>

#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  synfire::fuzz::takes(synfire::fuzz::targets().front(), std::as_bytes(std::span(data, size)));
  return 0;
}

// Safetensors, which weights and checkpoints are; what is written from them reads the same.
#include "synfire/interop/safetensors.h"

#include "tests/fuzz/target.h"

namespace synfire::fuzz {
namespace {

void parse(Bytes bytes) {
  Safetensors s = parse_safetensors(bytes, "fuzz.safetensors");
  std::string written = encode_safetensors(s.tensors, s.metadata);
  Safetensors again = parse_safetensors(bytes_of(written), "written.safetensors");
  expect(again.tensors == s.tensors && again.metadata == s.metadata, "tensors that are written and read are the same");
}
SYNFIRE_FUZZ_TARGET(safetensors, parse);

}  // namespace
}  // namespace synfire::fuzz

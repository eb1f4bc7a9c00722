// IDX files, plain and packed by gzip: the array, then samples or labels of a dataset.
#include "synfire/interop/idx.h"

#include "tests/fuzz/arrays.h"

namespace synfire::fuzz {
namespace {

void parse(Bytes bytes) {
  Tensor t = parse_idx(bytes, "fuzz.idx");
  use_array(t);
}
SYNFIRE_FUZZ_TARGET(idx, parse);

}  // namespace
}  // namespace synfire::fuzz

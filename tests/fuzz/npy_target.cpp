// NPY arrays of NumPy: the array, then samples or labels of a dataset; and what is written from it reads the same.
#include "synfire/interop/npy.h"

#include "tests/fuzz/arrays.h"

namespace synfire::fuzz {
namespace {

void parse(Bytes bytes) {
  Tensor t = parse_npy(bytes, "fuzz.npy");
  expect(parse_npy(bytes_of(encode_npy(t)), "written.npy") == t, "an array that is written and read is the same");
  use_array(t);
}
SYNFIRE_FUZZ_TARGET(npy, parse);

}  // namespace
}  // namespace synfire::fuzz

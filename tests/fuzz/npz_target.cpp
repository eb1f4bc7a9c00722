// NPZ archives of NumPy, as a dataset opens them.
#include "synfire/interop/npy.h"

#include "synfire/data/source.h"
#include "synfire/model/toml.h"
#include "tests/fuzz/target.h"

namespace synfire::fuzz {
namespace {

void parse(Bytes bytes) {
  parse_npz(bytes, "fuzz.npz");
  open_source(parse_toml("kind = \"npz\"\npath = \"" + as_file(bytes) + "\"", "model.toml"), "");
}
SYNFIRE_FUZZ_TARGET(npz, parse);

}  // namespace
}  // namespace synfire::fuzz

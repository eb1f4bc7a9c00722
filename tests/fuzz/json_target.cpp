// Model files, run.json and lines of logs in JSON; what is written from a tree reads the same.
#include "synfire/model/toml.h"
#include "tests/fuzz/target.h"

namespace synfire::fuzz {
namespace {

void parse(Bytes bytes) {
  Node tree = parse_json(text_of(bytes), "fuzz.json", true);
  std::string written = write_json(tree);
  expect(write_json(parse_json(written, "written.json", true)) == written, "a tree that is written and read is the same: " + written);
  parse_json(text_of(bytes), "fuzz.json");  // as a model file: without nulls
  write_toml(tree, true);
}
SYNFIRE_FUZZ_TARGET(json, parse);

}  // namespace
}  // namespace synfire::fuzz

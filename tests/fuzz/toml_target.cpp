// Model files in TOML, as `check` reads them before it looks at data: text to tree to network; and what is written from a tree reads the same.
#include "synfire/model/config.h"
#include "synfire/model/net.h"
#include "synfire/model/suggest.h"
#include "synfire/model/toml.h"
#include "tests/fuzz/target.h"

namespace synfire::fuzz {
namespace {

Node reread(const std::string& text) {
  try {
    return parse_toml(text, "written.toml");
  } catch (const Failure& f) {
    expect(false, std::string("what is written can be read: ") + f.what() + "\n" + text);
    std::abort();
  }
}

void parse(Bytes bytes) {
  Node tree = parse_toml(text_of(bytes), "fuzz.toml");
  std::string written = write_toml(tree, false), again = write_toml(reread(written), false);
  expect(written == again, "a tree that is written and read is the same:\n" + written + "\n---\n" + again);
  reread(write_toml(with_defaults(tree), true));  // as --print-config does, with mistakes and all
  const DataInfo pictures{{28, 28, 1}, 10, 1, 1000}, numbers{{8}, 0, 2, 100};
  Problems problems;
  read_net(tree, nullptr, problems);
  problems.throw_if_any();
  for (const DataInfo& data : {pictures, numbers}) {
    Problems of_this;  // what suits one kind of data does not suit the other
    read_net(with_network(tree, data), &data, of_this);
  }
}
SYNFIRE_FUZZ_TARGET(toml, parse);

}  // namespace
}  // namespace synfire::fuzz

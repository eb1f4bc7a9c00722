// Settings on the command line: each line of the input is one, put into a model file.
#include <algorithm>
#include "synfire/model/config.h"
#include "synfire/model/net.h"
#include "synfire/model/toml.h"
#include "tests/fuzz/target.h"

namespace synfire::fuzz {
namespace {

constexpr const char* kModel = R"(
data = "digits"
[[layer]]
kind = "dense"
name = "hidden"
units = 16
activation = "relu"
[[layer]]
kind = "dense"
units = "classes"
[train]
epochs = 3
optimizer = "adam"
)";

void parse(Bytes bytes) {
  Node tree = parse_toml(kModel, "model.toml");
  std::vector<std::string> lines;
  std::string_view text = text_of(bytes);
  while (!text.empty() && lines.size() < 20) {
    size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  apply_overrides(tree, lines);
  Problems problems;
  read_net(tree, nullptr, problems);
  problems.throw_if_any();
  parse_toml(write_toml(with_defaults(tree), true), "written.toml");
}
SYNFIRE_FUZZ_TARGET(override, parse);

}  // namespace
}  // namespace synfire::fuzz

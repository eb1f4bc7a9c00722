// Making names of layers.
#include "synfire/model/names.h"

#include <algorithm>
#include <map>

namespace synfire {

static constexpr size_t kMaxBytes = 64 << 20;  // of names of one list of layers

std::string base_name(std::string_view kind) {
  if (kind.size() > 2 && kind.ends_with("2d")) kind.remove_suffix(2);
  return std::string(kind);
}

std::vector<std::vector<std::string>> layer_names(const Node& layers) {
  std::map<std::string, int> count;
  size_t bytes = 0;
  std::vector<std::vector<std::string>> all;
  for (const Node& layer : layers.items) {
    const Node *kind = layer.find("kind"), *given = layer.find("name"), *repeat = layer.find("repeat");
    std::string base = kind && kind->is(Node::Kind::text) ? base_name(kind->text) : "layer";
    int64_t copies = repeat && repeat->is(Node::Kind::integer) ? std::clamp<int64_t>(repeat->integer, 1, kMaxRepeat) : 1;
    bool named = given && given->is(Node::Kind::text);
    std::vector<std::string>& names = all.emplace_back();
    for (int64_t i = 1; i <= copies; ++i) {
      int number = ++count[base];
      bytes += (named ? given->text.size() : base.size()) + sizeof(std::string);
      if (bytes > kMaxBytes) fail(Code::config, layer.where, "so many layers, or names so long, fit into no network", "repeat copies a layer; a name has 64 letters at most");
      if (!named) names.push_back(base + std::to_string(number));
      else names.push_back(copies == 1 ? given->text : given->text + "_" + std::to_string(i));
    }
  }
  return all;
}

}  // namespace synfire

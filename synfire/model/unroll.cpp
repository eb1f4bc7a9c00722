// Blocks, repeats, names and connections of a model file.
#include "synfire/model/unroll.h"

#include <algorithm>
#include <map>
#include <set>

#include "synfire/base/format.h"
#include "synfire/def/layer.h"
#include "synfire/base/registry.h"
#include "synfire/model/names.h"

namespace synfire {
namespace {

constexpr size_t kMaxLayers = 20000, kMaxDepth = 32, kMaxSources = 4096;
constexpr size_t kMaxCopied = 1 << 18;  // values that blocks and repeats copy, and 64 bytes of text each: a parameter can double at each level

using Names = std::vector<std::string>;
using Parameters = std::vector<std::pair<std::string, Node>>;

size_t weight_of(const Node& n) {
  size_t w = 1 + n.text.size() / 64;
  for (const Node& i : n.items) w += weight_of(i);
  for (const auto& f : n.fields) w += weight_of(f.second) + f.first.size() / 64;
  return w;
}

bool is_text(const Node* n) { return n && n->is(Node::Kind::text); }

std::string did_you_mean(const std::string& name, const Names& known, const std::string& otherwise) {
  std::string near = nearest(name, known);
  return near.empty() ? otherwise : fmt::format("did you mean \"{}\"?", near);
}

struct Unroller {
  const Node& tree;
  Problems& problems;
  std::vector<FlatLayer> flat;
  std::set<std::string> made;       // absolute names of flat layers and of block instances
  std::vector<std::string> inside;  // blocks being unrolled
  size_t placed = 0;                // layers and instances, so that empty blocks in blocks come to an end, too
  size_t copied = 0;
  bool too_many = false;

  // Before something is copied: false, and told once, when that makes too much of a small file.
  bool may_copy(const Node& n) {
    if (!too_many && (copied += weight_of(n)) > kMaxCopied) {
      problem(n.where, fmt::format("blocks, parameters and repeats make more than {} values", kMaxCopied));
      too_many = true;
    }
    return !too_many;
  }

  void problem(const Where& w, std::string message, std::string hint = {}) {
    problems.add(Code::config, w, std::move(message), std::move(hint));
  }

  const Node* block(std::string_view kind) const {
    const Node* blocks = tree.find("block");
    return blocks ? blocks->find(kind) : nullptr;
  }

  // "$name" becomes the parameter's value, which keeps its own place: that is where a wrong one is mended.
  void substitute(Node& n, const Parameters& parameters) {
    if (n.is(Node::Kind::text) && n.text.starts_with('$')) {
      std::string name = n.text.substr(1);
      auto it = std::find_if(parameters.begin(), parameters.end(), [&](const auto& p) { return p.first == name; });
      if (it != parameters.end()) { n = may_copy(it->second) ? it->second : Node::of(int64_t{1}); return; }
      Names known;
      for (const auto& p : parameters) known.push_back(p.first);
      problem(n.where, fmt::format("the block has no parameter \"{}\"", name),
              did_you_mean(name, known, known.empty() ? "parameters are named in parameters = {…} of the block" : ""));
      n = Node::of(int64_t{1});
      return;
    }
    for (Node& i : n.items) substitute(i, parameters);
    for (auto& f : n.fields) substitute(f.second, parameters);
  }

  // A list stands for one value a copy where the parameter itself takes no list.
  static bool one_a_copy(const Node& value, const ParamInfo* info, const Node* fallback) {
    if (!value.is(Node::Kind::array)) return false;
    bool nested = !value.items.empty() && value.items[0].is(Node::Kind::array);
    if (fallback) return !fallback->is(Node::Kind::array) || nested;
    if (!info) return false;
    using T = ParamInfo::Type;
    if (info->type == T::padding) return nested || (!value.items.empty() && value.items[0].is(Node::Kind::text));
    return nested || (info->type != T::pair && info->type != T::choices);
  }

  Node copy_of(const Node& layer, int64_t copy, int64_t copies, const Entry* entry, const Node* blk) {
    if (copies > 1 && !may_copy(layer)) return Node::table();
    Node one = layer;
    if (copies == 1) return one;
    for (auto& [key, value] : one.fields) {
      if (key == "kind" || key == "name" || key == "from" || key == "repeat") continue;
      const ParamInfo* info = nullptr;
      const Node* fallback = nullptr;
      if (entry) for (const ParamInfo& p : entry->params) if (p.name == key) info = &p;
      if (const Node* p = blk ? blk->find("parameters") : nullptr) fallback = p->find(key);
      if (!one_a_copy(value, info, fallback)) continue;
      if (static_cast<int64_t>(value.items.size()) != copies) {
        if (copy == 0) problem(value.where, fmt::format("{} has {} values for {} copies", key, value.items.size(), copies), "a list needs one value for each of repeat = N");
        value = value.items.empty() ? Node::of(int64_t{1}) : Node(value.items.front());
      } else {
        value = Node(value.items[static_cast<size_t>(copy)]);
      }
    }
    return one;
  }

  // What `from` says, as absolute names. `local`: names of this scope so far, and what their output is called.
  Names sources(const Node& from, const std::string& prefix, const std::map<std::string, std::string>& local,
                const Names& inputs, const std::set<std::string>& later) {
    Names names;
    auto one = [&](const Node& n) {
      if (n.is(Node::Kind::table)) {
        problem(n.where, "a connection with a delay makes a loop, and no layer here can loop", "loops come with recurrent layers; name an earlier layer");
      } else if (!n.is(Node::Kind::text)) {
        problem(n.where, fmt::format("from should be the name of a layer, got {}", n.str()));
      } else if (n.text == kInput && names.size() + inputs.size() > kMaxSources) {  // each block can double what it is given
        if (!too_many) problem(n.where, fmt::format("from names more than {} layers", kMaxSources));
        too_many = true;
      } else if (n.text == kInput) {
        names.insert(names.end(), inputs.begin(), inputs.end());
      } else if (auto it = local.find(n.text); it != local.end()) {
        names.push_back(it->second);
      } else if (made.count(prefix + n.text)) {
        names.push_back(prefix + n.text);
      } else if (later.count(n.text)) {
        problem(n.where, fmt::format("\"{}\" comes later in the file; taking it here would make a loop", n.text), "a layer can take what stands above it; move it, or take an earlier one");
      } else {
        Names known{std::string(kInput)};
        for (const auto& l : local) known.push_back(l.first);
        problem(n.where, fmt::format("no layer is called \"{}\"", n.text), did_you_mean(n.text, known, "names are made from the kind and a count: conv1, conv2, dense1"));
      }
    };
    if (from.is(Node::Kind::array)) for (const Node& n : from.items) one(n);
    else one(from);
    return names;
  }

  int64_t copies_of(const Node& layer) {
    const Node* repeat = layer.find("repeat");
    if (!repeat) return 1;
    if (repeat->is(Node::Kind::integer) && repeat->integer >= 1 && repeat->integer <= kMaxRepeat) return repeat->integer;
    problem(repeat->where, fmt::format("repeat should be a whole number from 1 to {}, got {}", kMaxRepeat, repeat->str()));
    return 1;
  }

  void check_name(const Node* given) {
    if (!given) return;
    bool good = given->is(Node::Kind::text) && !given->text.empty() && given->text.size() <= 64 && given->text != kInput;
    if (good) for (char c : given->text) good = good && (std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-');
    if (!good) problem(given->where, fmt::format("{} cannot be the name of a layer", given->str()), "use letters, digits, _ and -; \"input\" is the data");
  }

  Parameters parameters_for(const Node& blk, const Node& instance, const std::string& kind) {
    Parameters p;
    Names known;
    if (const Node* table = blk.find("parameters")) {
      if (!table->is(Node::Kind::table)) problem(table->where, "parameters should be a table of names and defaults", "parameters = {filters = 16, stride = 1}");
      p = table->fields;
    }
    for (const auto& f : p) known.push_back(f.first);
    for (const auto& [key, value] : instance.fields) {
      if (key == "kind" || key == "name" || key == "from" || key == "repeat") continue;
      auto it = std::find_if(p.begin(), p.end(), [&, k = key](const auto& f) { return f.first == k; });
      if (it != p.end()) it->second = value;
      else problem(value.where, fmt::format("block \"{}\" has no parameter \"{}\"", kind, key), did_you_mean(key, known, "its parameters stand in [block." + kind + "]"));
    }
    return p;
  }

  // One layer or one block instance; gives the name of its output.
  std::string place(const Node& layer, const std::string& kind, const std::string& name, const Names& from) {
    if (++placed > kMaxLayers) {
      if (!too_many) problem(layer.where, fmt::format("blocks and repeats make more than {} layers", kMaxLayers));
      too_many = true;
      return name;
    }
    made.insert(name);
    const Node* blk = block(kind);
    if (!blk) {
      flat.push_back({name, kind, layer, from, layer.where});
      return name;
    }
    const Node* layers = blk->find("layer");
    if (!layers || !layers->is(Node::Kind::array) || layers->items.empty()) return name;  // told by check_blocks
    if (std::find(inside.begin(), inside.end(), kind) != inside.end() || inside.size() >= kMaxDepth) {
      problem(layer.where, fmt::format("block \"{}\" contains itself", kind));
      return name;
    }
    inside.push_back(kind);
    std::string output = scope(*layers, name + ".", from, parameters_for(*blk, layer, kind));
    inside.pop_back();
    return output;
  }

  std::string scope(const Node& written, const std::string& prefix, const Names& inputs, const Parameters& parameters) {
    if (!prefix.empty() && !may_copy(written)) return inputs.empty() ? std::string(kInput) : inputs.front();
    Node layers = written;
    if (!prefix.empty()) for (Node& l : layers.items) substitute(l, parameters);
    auto names = layer_names(layers);
    std::set<std::string> later;
    for (const auto& copies : names) later.insert(copies.begin(), copies.end());
    std::map<std::string, std::string> local;
    Names before = inputs;
    for (size_t i = 0; i < layers.items.size() && !too_many; ++i) {
      const Node& layer = layers.items[i];
      const Node* kind = layer.find("kind");
      if (!is_text(kind)) {
        problem(kind ? kind->where : layer.where, "a layer needs kind = \"…\"", "`synfire list layer` names them");
        continue;
      }
      check_name(layer.find("name"));
      const Entry* entry = layer_entry(kind->text);
      bool known = entry || block(kind->text);
      if (!known) unknown_kind(*kind);
      Names from = before;
      if (const Node* f = layer.find("from")) from = sources(*f, prefix, local, inputs, later);
      int64_t copies = copies_of(layer);
      for (int64_t c = 0; c < copies && !too_many; ++c) {
        const std::string& name = names[i][static_cast<size_t>(c)];
        if (local.count(name)) problem(layer.where, fmt::format("two layers are called \"{}\"", prefix + name), "give one of them another name");
        std::string output = prefix + name;
        if (known) output = place(copy_of(layer, c, copies, entry, block(kind->text)), kind->text, prefix + name, from);
        local[name] = output;
        from = before = {output};
      }
    }
    return before.empty() ? std::string(kInput) : before.front();
  }

  void unknown_kind(const Node& kind) {
    Names known;
    for (const Entry* e : layer_entries()) known.emplace_back(e->name);
    for (std::string& n : block_names(tree)) known.push_back(n);
    problem(kind.where, fmt::format("no layer is called \"{}\"", kind.text), did_you_mean(kind.text, known, "`synfire list layer`, `list neuron` and `list activation` name them"));
  }

  void check_blocks() {
    const Node* blocks = tree.find("block");
    if (!blocks) return;
    if (!blocks->is(Node::Kind::table)) return problem(blocks->where, "blocks are written [block.NAME]");
    for (const auto& [name, b] : blocks->fields) {
      const Node* layers = b.find("layer");
      if (layer_entry(name)) problem(b.where, fmt::format("a block cannot be called \"{}\": a layer of the catalogue is", name), "give it another name");
      if (!layers || !layers->is(Node::Kind::array) || layers->items.empty())
        problem(b.where, fmt::format("block \"{}\" has no layers", name), fmt::format("write [[block.{}.layer]] and its keys below", name));
      for (const auto& [key, value] : b.fields)
        if (key != "parameters" && key != "layer") problem(value.where, fmt::format("unknown key \"{}\" in a block", key), did_you_mean(key, {"parameters", "layer"}, "a block has parameters and layers"));
    }
  }

  void check_used() {
    std::set<std::string> read;
    for (const FlatLayer& l : flat) read.insert(l.from.begin(), l.from.end());
    for (size_t i = 0; i + 1 < flat.size(); ++i)
      if (!read.count(flat[i].name)) problem(flat[i].where, fmt::format("nothing takes the output of layer \"{}\"", flat[i].name), "join it with from = […], or take the layer out; the last layer is the network's output");
  }
};

}  // namespace

std::vector<std::string> block_names(const Node& tree) {
  const Node* blocks = tree.find("block");
  return blocks ? blocks->keys() : std::vector<std::string>{};
}

std::vector<FlatLayer> unroll(const Node& tree, Problems& problems) {
  Unroller u{tree, problems, {}, {}, {}};
  u.check_blocks();
  const Node* layers = tree.find("layer");
  if (!layers) return {};
  if (!layers->is(Node::Kind::array) || layers->items.empty()) {
    problems.add(Code::config, layers->where, "layer should be a list of tables", "write [[layer]] with its keys below, once for each layer");
    return {};
  }
  size_t before = problems.size();
  u.scope(*layers, "", {std::string(kInput)}, {});
  if (problems.size() == before) u.check_used();
  return std::move(u.flat);
}

}  // namespace synfire

// Overrides: values of a model file set by their path on the command line.
#include <algorithm>

#include "synfire/base/format.h"
#include "synfire/base/registry.h"
#include "synfire/model/config.h"
#include "synfire/model/names.h"
#include "synfire/model/settings.h"
#include "synfire/model/toml.h"

namespace synfire {
namespace {

using Path = std::vector<std::string>;

struct Override {
  std::string text;  // as given, without dashes
  Path path;
  Node value;

  Where where() const { return {"command line"}; }
  [[noreturn]] void refuse(std::string message, std::string hint) const {
    fail(Code::config, where(), fmt::format("{}: {}", text, message), std::move(hint));
  }
};

void mark(Node& n, const Where& where) {
  n.origin = Origin::command_line, n.where = where;
  for (Node& i : n.items) mark(i, where);
  for (auto& f : n.fields) mark(f.second, where);
}

Override parse(const std::string& given) {
  Override o;
  o.text = given.substr(std::min(given.find_first_not_of('-'), given.size()));
  size_t equals = o.text.find('=');
  if (equals == std::string::npos || equals == 0) o.refuse("this is no setting", "write it as train.epochs=3");
  for (size_t i = 0; i <= equals;) {
    size_t dot = std::min(o.text.find('.', i), equals);
    o.path.push_back(o.text.substr(i, dot - i));
    if (o.path.back().empty()) o.refuse("a name is missing in the path", "write it as train.epochs=3");
    i = dot + 1;
  }
  std::string value = o.text.substr(equals + 1);
  o.value = parse_toml_value(value, o.where());
  if (o.value.is(Node::Kind::none)) {
    if (value.empty()) o.refuse("a value is missing", "write it as train.epochs=3; an empty text is \"\"");
    if (std::string("[{\"'").find(value[0]) != std::string::npos) o.refuse("the value is not TOML", "lists are [1, 2], tables {kind = \"adam\"}; quote them for the shell");
    o.value = Node::of(std::move(value));
  }
  mark(o.value, o.where());
  return o;
}

std::string near_or(const std::string& name, const Path& known, std::string_view otherwise) {
  std::string near = nearest(name, known);
  return near.empty() ? std::string(otherwise) : fmt::format("did you mean \"{}\"?", near);
}

std::string listed(const Path& names) {
  std::string s;
  for (size_t i = 0; i < names.size() && i < 12; ++i) s += (i ? ", " : "") + names[i];
  return s + (names.size() > 12 ? " …" : "");
}

// The kind that a parameter has when it is not said: so that train.optimizer.lr=0.1 alone has something to be the rate of.
std::string default_kind(const std::vector<ParamInfo>& params, std::string_view key) {
  for (const ParamInfo& p : params)
    if (p.name == key && p.type == ParamInfo::Type::choice) return std::get<std::vector<Choice>>(p.fallback).at(0).kind;
  return "";
}

std::vector<ParamInfo> params_of_table(const Path& done, const Node& table) {
  if (done == Path{"train"}) return infos_of(TrainSettings::fields());
  const Node* kind = table.find("kind");
  if (!kind || !kind->is(Node::Kind::text)) return {};
  const Entry* e = find_entry("layer", kind->text);
  return e ? e->params : std::vector<ParamInfo>{};
}

Node& layer_named(const Override& o, Node& layers, const std::string& name) {
  auto names = layer_names(layers);
  Path known;
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].front() == name) return layers.items[i];
    if (std::find(names[i].begin(), names[i].end(), name) != names[i].end())
      o.refuse(fmt::format("\"{}\" is a copy made by repeat; set it for all of them as \"{}\"", name, names[i].front()), "a list gives each copy its own value");
    known.push_back(names[i].front());
  }
  o.refuse(fmt::format("no layer is called \"{}\"", name), near_or(name, known, "the layers are " + listed(known)));
}

Node& item_of(const Override& o, Node& list, const std::string& component) {
  bool digits = !component.empty() && component.size() < 6 && component.find_first_not_of("0123456789") == std::string::npos;
  if (!digits || std::stoul(component) >= list.items.size())
    o.refuse(fmt::format("the list has no item \"{}\"", component), fmt::format("items are counted from 0; there are {}", list.items.size()));
  return list.items[std::stoul(component)];
}

Node& step_into(const Override& o, Node& table, const Path& done, const std::string& key) {
  Node* child = table.find(key);
  if (!child) {
    if (done.empty() && key == "layer") o.refuse("the file names no layers", "without layers a default network is used; write [[layer]] to change it");
    Node fresh = Node::table();
    std::string kind = default_kind(params_of_table(done, table), key);
    if (!kind.empty()) fresh.set("kind", Node::of(kind));
    mark(fresh, o.where());
    return table.set(key, std::move(fresh));
  }
  if (child->is(Node::Kind::text)) {  // a thing that is only named
    Node named = Node::table();
    named.where = child->where, named.origin = child->origin;
    named.set("kind", *child);
    *child = std::move(named);
  }
  if (!child->is(Node::Kind::table) && !child->is(Node::Kind::array)) {
    std::string path;
    for (const std::string& d : done) path += d + ".";
    o.refuse(fmt::format("{}{} is {}, and has no settings of its own", path, key, child->str()), "");
  }
  return *child;
}

void apply(Node& tree, const Override& o) {
  static const Path top = {"data", "layer", "block", "train"};
  if (std::find(top.begin(), top.end(), o.path[0]) == top.end()) {
    std::string meant = o.path.size() == 1 ? setting_path(o.path[0]) : "";
    if (!meant.empty()) o.refuse(fmt::format("a model file has no \"{}\"", o.path[0]), fmt::format("did you mean {}={}?", meant, o.text.substr(o.text.find('=') + 1)));
    o.refuse(fmt::format("a model file has no \"{}\"", o.path[0]), near_or(o.path[0], top, "paths begin with data, layer, block or train"));
  }
  Node* at = &tree;
  Path done;
  for (size_t i = 0; i + 1 < o.path.size(); ++i) {
    const std::string& key = o.path[i];
    if (at->is(Node::Kind::array)) at = !done.empty() && done.back() == "layer" ? &layer_named(o, *at, key) : &item_of(o, *at, key);
    else at = &step_into(o, *at, done, key);
    done.push_back(key);
  }
  const std::string& last = o.path.back();
  if (at->is(Node::Kind::table)) at->set(last, o.value);
  else if (!done.empty() && done.back() == "layer") o.refuse(fmt::format("this names a whole layer, not a setting of it"), fmt::format("write layer.{}.units=… or another setting", last));
  else item_of(o, *at, last) = o.value;
}

}  // namespace

void apply_overrides(Node& tree, const std::vector<std::string>& overrides) {
  Problems problems;
  for (const std::string& text : overrides) {
    try {
      apply(tree, parse(text));
    } catch (const Failure& f) {
      for (const Error& e : f.errors()) problems.add(e);
    }
  }
  problems.throw_if_any();
}

ModelFile read_model_file(const std::string& path, const std::vector<std::string>& overrides) {
  ModelFile m{path, read_text(path), {}};
  m.tree = parse_model_text(m.text, path);
  apply_overrides(m.tree, overrides);
  return m;
}

}  // namespace synfire

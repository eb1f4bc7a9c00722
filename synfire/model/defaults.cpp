// Filling in of defaults: the tree that --print-config prints and run.json keeps.
#include <algorithm>
#include <charconv>

#include "synfire/base/format.h"
#include "synfire/base/registry.h"
#include "synfire/def/layer.h"
#include "synfire/model/config.h"
#include "synfire/model/settings.h"
#include "synfire/model/time.h"

namespace synfire {
namespace {

Node node_of(const Attr& a);

Node node_of(const Choice& c) {
  if (c.attrs.list().empty()) return Node::of(c.kind);
  Node n = Node::table();
  n.set("kind", Node::of(c.kind));
  for (const auto& [name, value] : c.attrs.list()) n.set(name, node_of(value));
  return n;
}

Node node_of(const Attr& a) {
  if (const bool* v = std::get_if<bool>(&a)) return Node::of(*v);
  if (const int64_t* v = std::get_if<int64_t>(&a)) return Node::of(*v);
  if (const std::string* v = std::get_if<std::string>(&a)) return Node::of(*v);
  if (const double* v = std::get_if<double>(&a)) {
    // Parameters are floats; 0.001f should read 0.001, not 0.0010000000474974513.
    std::string s = text_of(a);
    double shown = *v;
    std::from_chars(s.data(), s.data() + s.size(), shown);
    return Node::of(shown);
  }
  Node list = Node::array();
  if (const auto* v = std::get_if<std::vector<int64_t>>(&a)) {
    if (v->size() == 2 && v->at(0) == v->at(1)) return Node::of(v->at(0));  // a pair of equals is written as one number
    for (int64_t i : *v) list.items.push_back(Node::of(i));
    return list;
  }
  const auto& things = std::get<std::vector<Choice>>(a);
  if (things.size() == 1) return node_of(things[0]);
  for (const Choice& c : things) list.items.push_back(node_of(c));
  return list;
}

void mark_fallback(Node& n) {
  n.origin = Origin::fallback, n.where = {};
  for (Node& i : n.items) mark_fallback(i);
  for (auto& f : n.fields) mark_fallback(f.second);
}

Node filled_choice(std::string_view role, const Node& n);

// Keys in the order of the parameter table, what the file says in front where it is no parameter (kind, name, from).
Node filled(const std::vector<ParamInfo>& params, const Node& table) {
  Node out = Node::table();
  out.where = table.where, out.origin = table.origin;
  auto is_param = [&](const std::string& key) { return std::any_of(params.begin(), params.end(), [&](const ParamInfo& p) { return p.name == key; }); };
  for (const auto& [key, value] : table.fields) if (!is_param(key)) out.set(key, value);
  for (const ParamInfo& p : params) {
    bool choice = p.type == ParamInfo::Type::choice;
    if (const Node* given = table.find(p.name)) {
      out.set(p.name, choice ? filled_choice(p.unit, *given) : *given);
    } else if (!p.required && p.type != ParamInfo::Type::table) {  // what an absent table means depends on the data
      Node n = node_of(p.fallback);
      if (choice) n = filled_choice(p.unit, n);
      mark_fallback(n);
      if (!choice || !n.is(Node::Kind::text) || !n.text.empty()) out.set(p.name, std::move(n));  // a choice left open stays out
    }
  }
  return out;
}

Node filled_choice(std::string_view role, const Node& n) {
  const Node* kind = n.is(Node::Kind::text) ? &n : n.find("kind");
  const Entry* e = kind && kind->is(Node::Kind::text) ? find_entry(role, kind->text) : nullptr;
  if (!e || e->params.empty()) return n;
  Node table = Node::table();
  table.where = n.where, table.origin = n.origin;
  if (n.is(Node::Kind::text)) table.set("kind", n);
  else table = n;
  return filled(e->params, table);
}

void fill_layers(Node& layers) {
  for (Node& layer : layers.items) {
    const Node* kind = layer.find("kind");
    if (!kind || !kind->is(Node::Kind::text)) continue;
    if (const Entry* e = layer_entry(kind->text)) layer = filled(e->params, layer);  // no entry: an instance of a block
  }
}

}  // namespace

Node with_defaults(const Node& tree) {
  Node out = tree;
  if (Node* data = out.find("data")) *data = filled_choice("dataset", *data);
  if (Node* layers = out.find("layer")) fill_layers(*layers);
  if (Node* blocks = out.find("block"))
    for (auto& [name, b] : blocks->fields)
      if (Node* layers = b.find("layer")) fill_layers(*layers);
  Node empty = Node::table();
  empty.origin = Origin::fallback;
  const Node* train = tree.find("train");
  if (Node* time = out.find("time")) *time = filled(infos_of(TimeSettings::fields()), *time);
  out.set("train", filled(infos_of(TrainSettings::fields()), train ? *train : empty));
  return out;
}

}  // namespace synfire

// The schema, put together from what the catalogue's entries say of themselves. Tables are told apart by `kind` with if/then, so that an
// error lies at the key that is wrong. Editors do not look into these when they complete; for them the names and keys of all kinds stand
// in an anyOf that refuses nothing.
#include "synfire/model/schema.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include "synfire/base/format.h"
#include "synfire/def/layer.h"
#include "synfire/model/names.h"
#include "synfire/model/settings.h"
#include "synfire/model/time.h"
#include "synfire/model/toml.h"

namespace synfire {
namespace {

using Fields = std::vector<std::pair<std::string, Node>>;

Node text(std::string_view s) { return Node::of(std::string(s)); }
Node number(double v) { return v == std::floor(v) && std::abs(v) < 1e15 ? Node::of(static_cast<int64_t>(v)) : Node::of(v); }
Node table(Fields fields) {
  Node n = Node::table();
  n.fields = std::move(fields);
  return n;
}
Node list(std::vector<Node> items) {
  Node n = Node::array();
  n.items = std::move(items);
  return n;
}
Node texts(const std::vector<std::string>& words) {
  std::vector<Node> items;
  for (const std::string& w : words) items.push_back(text(w));
  return list(std::move(items));
}
Node type(std::string_view name) { return table({{"type", text(name)}}); }
Node reference(std::string_view name) { return table({{"$ref", text(fmt::format("#/definitions/{}", name))}}); }
Node either(Node condition, Node then, Node otherwise) { return table({{"if", std::move(condition)}, {"then", std::move(then)}, {"else", std::move(otherwise)}}); }
// Of the value at hand, whatever else it is: anyOf would place an error at the whole.
Node by_type(std::string_view kind, Node then, Node otherwise) { return either(type(kind), std::move(then), std::move(otherwise)); }
Node where_kind(std::string_view kind) {
  return table({{"required", texts({"kind"})}, {"properties", table({{"kind", table({{"const", text(kind)}})}})}});
}

// Names with a word about each, in the two ways in which editors look for them.
Node one_of(const std::vector<const Entry*>& entries) {
  std::vector<Node> names, docs;
  for (const Entry* e : entries) names.push_back(text(e->name)), docs.push_back(text(e->doc));
  return table({{"type", text("string")}, {"enum", list(names)}, {"enumDescriptions", list(docs)}, {"x-taplo", table({{"docs", table({{"enumValues", list(docs)}})}})}});
}

std::vector<const Entry*> entries_of(std::string_view role) {
  std::vector<const Entry*> all;
  for (const auto& [key, e] : catalogue()) if (e.role == role) all.push_back(&e);
  return all;
}

Node default_of(const Attr& a) {
  if (auto* b = std::get_if<bool>(&a)) return Node::of(*b);
  if (auto* i = std::get_if<int64_t>(&a)) return Node::of(*i);
  if (auto* r = std::get_if<double>(&a)) return Node::of(*r);
  if (auto* s = std::get_if<std::string>(&a)) return text(*s);
  std::vector<Node> items;
  if (auto* v = std::get_if<std::vector<int64_t>>(&a)) {
    for (int64_t i : *v) items.push_back(Node::of(i));
    return v->size() == 2 && v->at(0) == v->at(1) ? items[0] : list(items);
  }
  const auto& things = std::get<std::vector<Choice>>(a);
  if (things.size() == 1) return text(things[0].kind);
  for (const Choice& c : things) items.push_back(text(c.kind));
  return list(items);
}

class Maker {
 public:
  Node schema() {
    Node root = table({{"$schema", text("http://json-schema.org/draft-07/schema#")}, {"title", text("Synfire model file")},
                       {"description", text("A neural network, its data and how it learns.")}, {"type", text("object")}});
    root.set("properties", table({{"data", described(choice("dataset"), "where samples come from: a name, or a table with kind = \"…\"")},
                                  {"layer", described(table({{"type", text("array")}, {"minItems", Node::of(int64_t{1})}, {"items", reference("any_layer")}}), "the layers, in the order in which data flow")},
                                  {"block", described(blocks(), "named pieces with parameters, used like a kind of layer")},
                                  {"time", settings<TimeSettings>("time", "How a network goes through time.")},
                                  {"train", settings<TrainSettings>("train", "How the network learns.")}}));
    root.set("required", texts({"data"})), root.set("additionalProperties", Node::of(false));
    // Where the file has blocks, their names are kinds of layers, too, and no schema can know them.
    auto layers = [](std::string_view item) { return table({{"properties", table({{"layer", table({{"items", reference(item)}})}})}}); };
    layer("layer", false), layer("block_layer", true);
    definitions_.emplace_back("any_layer", offered({table({{"type", text("object")}, {"properties", table(layer_keys(one_of(layer_entries())))}})}));
    root.set("if", table({{"required", texts({"block"})}})), root.set("then", layers("block_layer")), root.set("else", layers("layer"));
    root.set("definitions", table(std::move(definitions_)));
    return root;
  }

 private:
  // What editors offer; anything passes.
  static Node offered(std::vector<Node> offers) {
    offers.push_back(Node::table());
    return table({{"anyOf", list(std::move(offers))}});
  }

  static Node described(Node schema, std::string_view doc) {
    schema.set("description", text(doc));
    return schema;
  }

  static void bound(Node& n, const ParamInfo& p) {
    if (p.low != p.high) n.set("minimum", number(p.low)), n.set("maximum", number(p.high));
  }

  Node whole(const ParamInfo& p) const {
    Node n = type("integer");
    bound(n, p);
    return n;
  }

  Node pair(const ParamInfo& p) const {
    Node two = table({{"type", text("array")}, {"items", whole(p)}, {"minItems", Node::of(int64_t{2})}, {"maxItems", Node::of(int64_t{2})}});
    return by_type("array", std::move(two), whole(p));
  }

  Node real(const ParamInfo& p) const {
    Node n = type("number");
    bound(n, p);
    if (p.unit.empty()) return n;
    return by_type("string", table({{"pattern", text("^[-+0-9.eE]+ ?[a-zA-Z]+$")}}), std::move(n));
  }

  Node value(const ParamInfo& p) {
    using T = ParamInfo::Type;
    switch (p.type) {
      case T::real: return real(p);
      case T::integer: return whole(p);
      case T::boolean: return type("boolean");
      case T::text: return type("string");
      case T::pair: return pair(p);
      case T::padding: return by_type("string", table({{"enum", texts({"same", "valid"})}}), pair(p));
      case T::choice: return choice(p.unit);
      case T::choices: return by_type("array", table({{"items", choice(p.unit)}}), choice(p.unit));
      case T::texts: {
        Node one = table({{"type", texts({"string", "integer"})}});
        return by_type("array", table({{"items", one}}), one);
      }
      default: return type("object");
    }
  }

  static void explain(Node& n, const ParamInfo& p) {
    n.set("description", text(p.unit.empty() || p.type == ParamInfo::Type::choice || p.type == ParamInfo::Type::choices || p.type == ParamInfo::Type::texts
                                  ? std::string(p.doc) : fmt::format("{} ({})", p.doc, p.unit)));
    if (!p.required && p.type != ParamInfo::Type::table && text_of(p.fallback) != "\"\"") n.set("default", default_of(p.fallback));
  }

  Node param(const ParamInfo& p) {
    Node n = value(p);
    explain(n, p);
    return n;
  }

  // A thing by its name or as a table: made once a role, referred to everywhere.
  Node choice(std::string_view role) {
    std::string name(role);
    if (!made_.insert(name).second) return reference(name);
    std::vector<const Entry*> all = entries_of(role), alone;
    std::copy_if(all.begin(), all.end(), std::back_inserter(alone), [](const Entry* e) { return std::none_of(e->params.begin(), e->params.end(), [](const ParamInfo& p) { return p.required; }); });
    Node tables = table({{"required", texts({"kind"})}, {"properties", table({{"kind", one_of(all)}})}});
    std::vector<Node> cases;
    for (const Entry* e : all) cases.push_back(table({{"if", where_kind(e->name)}, {"then", strict(*e, {"kind"}, [this](const ParamInfo& p) { return param(p); })}}));
    if (!cases.empty()) tables.set("allOf", list(std::move(cases)));
    Node thing = by_type("object", std::move(tables), one_of(alone));
    thing.set("type", texts({"string", "object"}));
    thing.set("anyOf", offered({one_of(alone), table({{"type", text("object")}, {"properties", table(hints(all, {{"kind", one_of(all)}}))}})}).fields[0].second);
    definitions_.emplace_back(name, std::move(thing));
    return reference(name);
  }

  // The keys of all kinds with what they mean, and nothing said of their values: that the kind's own part does.
  static Fields hints(const std::vector<const Entry*>& entries, Fields first) {
    std::set<std::string> seen;
    for (const Entry* e : entries)
      for (const ParamInfo& p : e->params)
        if (seen.insert(std::string(p.name)).second) first.emplace_back(std::string(p.name), table({{"description", text(p.doc)}}));
    return first;
  }

  // The keys of one kind and no others.
  template <class F>
  static Node strict(const Entry& e, const std::vector<std::string>& also, const F& schema_of) {
    Fields properties;
    std::vector<std::string> required;
    for (const std::string& a : also) properties.emplace_back(a, Node::of(true));
    for (const ParamInfo& p : e.params) {
      properties.emplace_back(std::string(p.name), schema_of(p));
      if (p.required) required.emplace_back(p.name);
    }
    Node n = table({{"description", text(e.doc)}, {"properties", table(std::move(properties))}, {"additionalProperties", Node::of(false)}});
    if (!required.empty()) n.set("required", texts(required));
    return n;
  }

  // A parameter of a layer: "$name" stands for a parameter of a block, "classes" for a count that the data know, and with repeat a list
  // has a value for each copy.
  Node layer_param(const ParamInfo& p, bool repeated) {
    Node n = value(p);
    if (p.type == ParamInfo::Type::integer) n = by_type("string", table({{"enum", texts({"classes", "targets"})}}), std::move(n));
    n = either(table({{"type", text("string")}, {"pattern", text("^\\$")}}), Node::of(true), std::move(n));
    if (repeated && p.type != ParamInfo::Type::pair && p.type != ParamInfo::Type::padding && p.type != ParamInfo::Type::choices)
      n = by_type("array", table({{"items", n}}), n);
    else if (repeated) n = by_type("array", Node::of(true), n);
    explain(n, p);
    return n;
  }

  void layer(const std::string& name, bool blocks_too) {
    std::vector<const Entry*> all = layer_entries();
    Node n = table({{"type", text("object")}, {"required", texts({"kind"})}, {"properties", table(layer_keys(blocks_too ? type("string") : one_of(all)))}});
    if (blocks_too) n.set("anyOf", offered({table({{"properties", table({{"kind", one_of(all)}})}})}).fields[0].second);
    std::vector<Node> cases;
    for (const Entry* e : all) {
      for (bool repeated : {false, true}) {
        std::string definition = fmt::format("{}.{}{}", e->role, e->name, repeated ? ".repeated" : "");
        if (made_.insert(definition).second)
          definitions_.emplace_back(definition, strict(*e, {"kind", "name", "from", "repeat"}, [&](const ParamInfo& p) { return layer_param(p, repeated); }));
      }
      std::string definition = fmt::format("{}.{}", e->role, e->name);
      cases.push_back(table({{"if", where_kind(e->name)}, {"then", either(table({{"required", texts({"repeat"})}}), reference(definition + ".repeated"), reference(definition))}}));
    }
    n.set("allOf", list(std::move(cases)));
    definitions_.emplace_back(name, std::move(n));
  }

  // The keys that all layers have, and hints of those that only some have.
  static Fields layer_keys(Node kinds) {
    Node one_source = type("string");
    Fields own{{"kind", described(std::move(kinds), "what the layer is")},
               {"name", table({{"type", text("string")}, {"pattern", text("^[A-Za-z0-9_-]{1,64}$")}, {"description", text("the key of its weights in checkpoints; made from kind and a count when not given")}})},
               {"from", described(by_type("array", table({{"items", one_source}, {"minItems", Node::of(int64_t{1})}}), one_source), "which earlier layers it takes its input from; \"input\" is the data; the layer before when not given")},
               {"repeat", described(by_type("string", table({{"pattern", text("^\\$")}}), table({{"type", text("integer")}, {"minimum", Node::of(int64_t{1})}, {"maximum", Node::of(int64_t{kMaxRepeat})}})), "copies in a row")}};
    return hints(layer_entries(), std::move(own));
  }

  static Node blocks() {
    Node one = table({{"type", text("object")}, {"required", texts({"layer"})}, {"additionalProperties", Node::of(false)},
                      {"properties", table({{"parameters", described(type("object"), "names and defaults; a layer inside takes one as \"$name\"")},
                                            {"layer", described(table({{"type", text("array")}, {"minItems", Node::of(int64_t{1})}, {"items", reference("block_layer")}}), "the layers of the block")}})}});
    return table({{"type", text("object")}, {"additionalProperties", std::move(one)}});
  }

  template <class S>
  Node settings(std::string_view name, std::string_view doc) {
    Entry e{"table", name, doc, "", infos_of(S::fields())};
    Node n = strict(e, {}, [this](const ParamInfo& p) { return param(p); });
    n.set("type", text("object"));
    return n;
  }

  Fields definitions_;
  std::set<std::string> made_;
};

}  // namespace

Node model_schema() { return Maker().schema(); }

std::string indented(const std::string& json) {
  std::string out;
  size_t depth = 0;
  bool quoted = false;
  auto line = [&] { out += '\n' + std::string(2 * depth, ' '); };
  for (size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    if (c == '"') quoted = !quoted;
    if (quoted && c == '\\') out += c, c = json[++i];
    if (quoted || c == '"') out += c;
    else if ((c == '{' || c == '[') && i + 1 < json.size() && (json[i + 1] == '}' || json[i + 1] == ']')) out += c, out += json[++i];
    else if (c == '{' || c == '[') out += c, ++depth, line();
    else if (c == '}' || c == ']') --depth, line(), out += c;
    else if (c == ',') out += c, line();
    else if (c == ':') out += ": ";
    else out += c;
  }
  return out + "\n";
}

}  // namespace synfire

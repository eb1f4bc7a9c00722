// Building and printing of trees.
#include "synfire/base/tree.h"

#include <algorithm>

#include "synfire/base/format.h"

namespace synfire {

Node::Node() = default;
Node::Node(const Node&) = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(const Node&) = default;
Node& Node::operator=(Node&&) noexcept = default;
Node::~Node() = default;

Node Node::of(bool v) { Node n; n.kind = Kind::boolean; n.boolean = v; return n; }
Node Node::of(int64_t v) { Node n; n.kind = Kind::integer; n.integer = v; n.real = static_cast<double>(v); return n; }
Node Node::of(double v) { Node n; n.kind = Kind::real; n.real = v; return n; }
Node Node::of(std::string v) { Node n; n.kind = Kind::text; n.text = std::move(v); return n; }
Node Node::table() { Node n; n.kind = Kind::table; return n; }
Node Node::array() { Node n; n.kind = Kind::array; return n; }

const Node* Node::find(std::string_view key) const {
  for (const auto& [k, v] : fields) if (k == key) return &v;
  return nullptr;
}

Node* Node::find(std::string_view key) { return const_cast<Node*>(std::as_const(*this).find(key)); }

Node& Node::set(std::string_view key, Node value) {
  if (Node* old = find(key)) return *old = std::move(value);
  return fields.emplace_back(std::string(key), std::move(value)).second;
}

std::vector<std::string> Node::keys() const {
  std::vector<std::string> names;
  for (const auto& f : fields) names.push_back(f.first);
  return names;
}

static std::string quoted(const std::string& s) {
  std::string r = "\"";
  for (char c : s) {
    if (c == '"' || c == '\\') r += '\\', r += c;
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) r += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else r += c;
  }
  return r + "\"";
}

static std::string number(double v) {  // a real stays a real when it is read again
  std::string s = fmt::format("{}", v);
  return s.find_first_of(".ein") == std::string::npos ? s + ".0" : s;
}

std::string Node::str() const {
  switch (kind) {
    case Kind::boolean: return boolean ? "true" : "false";
    case Kind::integer: return std::to_string(integer);
    case Kind::real: return number(real);
    case Kind::text: return quoted(text);
    case Kind::array: {
      std::string s = "[";
      for (size_t i = 0; i < items.size(); ++i) s += (i ? ", " : "") + items[i].str();
      return s + "]";
    }
    case Kind::table: {
      std::string s = "{";
      for (size_t i = 0; i < fields.size(); ++i) s += (i ? ", " : "") + fields[i].first + " = " + fields[i].second.str();
      return s + "}";
    }
    default: return "none";
  }
}

std::string_view name_of(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::boolean: return "true or false";
    case Node::Kind::integer: return "a whole number";
    case Node::Kind::real: return "a number";
    case Node::Kind::text: return "a text";
    case Node::Kind::array: return "a list";
    case Node::Kind::table: return "a table";
    default: return "nothing";
  }
}

}  // namespace synfire

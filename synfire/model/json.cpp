// JSON text to the same tree as TOML gives. The parser tells no places, so a counting iterator and a look back find them.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <iterator>
#include <nlohmann/json.hpp>

#include "synfire/base/format.h"
#include "synfire/model/toml.h"

namespace synfire {
namespace {

constexpr size_t kMaxKeys = 10000;

// Counts what the parser has taken; the parser copies its iterators, so the count is kept outside.
struct Counted {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  const char* at;
  const char** taken;
  reference operator*() const { return *at; }
  Counted& operator++() { ++at; if (at > *taken) *taken = at; return *this; }
  Counted operator++(int) { Counted old = *this; ++*this; return old; }
  bool operator==(const Counted& o) const { return at == o.at; }
  bool operator!=(const Counted& o) const { return at != o.at; }
};

struct TreeMaker : nlohmann::json_sax<nlohmann::json> {
  TreeMaker(std::string_view text, const std::string& file, bool nulls) : text(text), file(file), nulls(nulls), taken(text.data()), counted(text.data()) {}
  std::string_view text;
  const std::string& file;
  bool nulls;
  const char* taken;
  const char* counted;
  int line = 1, column = 1;  // of counted
  Node root;
  std::vector<Node> open;         // containers under construction
  std::vector<std::string> keys;  // key under which each open container, and then the next value, will be put

  // Where the token that ended just before `taken` began; a number's end is only seen one character later.
  Where place(bool quoted) {
    const char* p = taken;
    if (quoted) {
      --p;
      while (p > text.data() && (p[-1] != '"' || (p - 1 > text.data() && p[-2] == '\\'))) --p;
      if (p > text.data()) --p;
    } else {
      while (p > text.data() && std::strchr(" \t\r\n,]}", p[-1])) --p;
      while (p > text.data() && !std::strchr(" \t\r\n,[{:", p[-1])) --p;
    }
    return place_of(p);
  }
  // Places mostly grow, so counting goes on from the last one.
  Where place_of(const char* p) {
    if (p < counted) counted = text.data(), line = column = 1;
    for (; counted < p; ++counted) *counted == '\n' ? (++line, column = 1) : ++column;
    return {file, line, column};
  }

  bool put(Node n) {
    if (open.empty()) return root = std::move(n), true;
    Node& parent = open.back();
    if (parent.is(Node::Kind::array)) return parent.items.push_back(std::move(n)), true;
    if (parent.fields.size() >= kMaxKeys) fail(Code::config, n.where, fmt::format("more than {} keys in one object", kMaxKeys));
    if (parent.find(keys.back())) fail(Code::config, n.where, fmt::format("\"{}\" is given twice", keys.back()));
    parent.fields.emplace_back(keys.back(), std::move(n));
    return true;
  }
  bool value(Node n, bool quoted = false) { n.where = place(quoted); return put(std::move(n)); }
  bool start(Node n) {
    if (open.size() > 100) fail(Code::config, place_of(taken), "more than 100 levels of nesting");
    n.where = place_of(taken > text.data() ? taken - 1 : taken);
    open.push_back(std::move(n));
    keys.emplace_back();
    return true;
  }
  bool end() {
    Node n = std::move(open.back());
    open.pop_back(), keys.pop_back();
    return put(std::move(n));
  }

  bool null() override {
    if (nulls) return value(Node());
    fail(Code::config, place(false), "null has no meaning here", "leave the key out to get its default");
  }
  bool boolean(bool v) override { return value(Node::of(v)); }
  bool number_integer(int64_t v) override { return value(Node::of(v)); }
  bool number_unsigned(uint64_t v) override { return value(v > INT64_MAX ? Node::of(double(v)) : Node::of(int64_t(v))); }
  bool number_float(double v, const std::string&) override { return value(Node::of(v)); }
  bool string(std::string& v) override { return value(Node::of(v), true); }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(size_t) override { return start(Node::table()); }
  bool start_array(size_t) override { return start(Node::array()); }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }
  bool key(std::string& k) override { keys.back() = k; return true; }
  bool parse_error(size_t position, const std::string&, const nlohmann::json::exception& e) override {
    std::string what = e.what();
    size_t colon = what.find("parse error");
    const char* p = text.data() + std::min(position > 0 ? position - 1 : 0, text.size());
    fail(Code::config, place_of(p), "this is not JSON: " + (colon == what.npos ? what : what.substr(colon)));
  }
};

std::string quoted(const std::string& s) { return nlohmann::json(s).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); }

void append(std::string& out, const Node& n) {
  switch (n.kind) {
    case Node::Kind::boolean: out += n.boolean ? "true" : "false"; break;
    case Node::Kind::integer: out += std::to_string(n.integer); break;
    case Node::Kind::real: out += std::bit_cast<uint64_t>(n.real) == uint64_t{1} << 63 ? "-0.0" : std::isfinite(n.real) ? fmt::format("{}", n.real) : "null"; break;  // the shortest text that reads back as the same number
    case Node::Kind::text: out += quoted(n.text); break;
    case Node::Kind::none: out += "null"; break;
    case Node::Kind::array:
      out += '[';
      for (const Node& i : n.items) append(out += &i == n.items.data() ? "" : ",", i);
      out += ']';
      break;
    case Node::Kind::table:
      out += '{';
      for (const auto& f : n.fields) append(out += (&f == n.fields.data() ? "" : ",") + quoted(f.first) + ":", f.second);
      out += '}';
  }
}

}  // namespace

std::string write_json(const Node& node) {
  std::string s;
  append(s, node);
  return s;
}

Node parse_json(std::string_view text, const std::string& file, bool nulls) {
  TreeMaker b(text, file, nulls);
  Counted first{text.data(), &b.taken}, last{text.data() + text.size(), &b.taken};
  nlohmann::json::sax_parse(first, last, &b);
  if (!b.root.is(Node::Kind::table)) fail(Code::config, Where{file, 1, 1}, "a model file is one JSON object { … }");
  b.root.where = {file, 0, 0};
  return std::move(b.root);
}

}  // namespace synfire

// TOML text to a tree. The only file that knows the TOML library.
#include "synfire/model/toml.h"

#include <algorithm>
#include <cstring>
#include <toml++/toml.h>

#include "synfire/base/format.h"

namespace synfire {
namespace {

struct Converter {
  const std::string& file;

  Where where(const toml::source_region& source) const {
    return {file, static_cast<int>(source.begin.line), static_cast<int>(source.begin.column)};
  }

  Node table(const toml::table& t) const {
    Node n = Node::table();
    for (auto&& [key, value] : t) {
      Node v = node(value);
      // A table opened by its header, or by a dotted key, has no place of its own; its key has.
      if (v.where.line == 0) v.where = where(key.source());
      n.fields.emplace_back(std::string(key.str()), std::move(v));
    }
    // The library sorts keys; the order of the file is what people expect to see again.
    std::stable_sort(n.fields.begin(), n.fields.end(), [](const auto& a, const auto& b) {
      return std::pair(a.second.where.line, a.second.where.column) < std::pair(b.second.where.line, b.second.where.column);
    });
    return n;
  }

  Node node(const toml::node& v) const {
    Node n;
    if (const auto* t = v.as_table()) n = table(*t);
    else if (const auto* b = v.as_boolean()) n = Node::of(b->get());
    else if (const auto* i = v.as_integer()) n = Node::of(int64_t{i->get()});
    else if (const auto* r = v.as_floating_point()) n = Node::of(r->get());
    else if (const auto* s = v.as_string()) n = Node::of(s->get());
    else if (const auto* a = v.as_array()) {
      n = Node::array();
      for (const toml::node& item : *a) n.items.push_back(node(item));
    } else {
      fail(Code::config, where(v.source()), "dates and times have no meaning here", "write a text in quotes");
    }
    n.where = where(v.source());
    return n;
  }
};

// What people who know other languages write, and what TOML has in its place.
std::string hint_of(std::string_view what, std::string_view text, const toml::source_position& at) {
  auto says = [&](std::string_view word) { return what.find(word) != what.npos; };
  if (says("invalid utf-8")) return "a model file is a text in UTF-8: save it as such (iconv -t UTF-8 does it, too)";
  if (says("existing table 'layer'")) return "each layer begins with [[layer]], in two brackets";
  if (says("cannot redefine")) return "each name stands once: what is in one place goes below the other";
  for (uint32_t i = 1; i < at.line; ++i) text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
  std::string line(text.substr(0, text.find('\n')));
  size_t equals = line.find('='), value = equals == line.npos ? line.npos : line.find_first_not_of(' ', equals + 1);
  auto has = [&](std::string_view word) { return line.find(word) != line.npos; };
  auto is = [&](std::initializer_list<const char*> words) { return std::any_of(words.begin(), words.end(), [&](const char* w) { return value != line.npos && line.compare(value, std::strlen(w), w) == 0; }); };
  if (has("“") || has("”") || has("‘") || has("’")) return "quotes are the plain ones of the keyboard: \"text\"";
  if (is({"None", "none", "null", "nil"})) return "a key without a value is left out, and has its default";
  if (has("True") || has("False")) return "yes and no are written in small letters: true, false";
  if (is({"\""}) && has("\\")) return "in double quotes a backslash has a meaning of its own: write / in paths, or single quotes around them";
  if (equals == line.npos && has(":")) return "a value follows an equals sign: epochs = 3";
  if (line.find_last_not_of(" \r") != line.npos && line[line.find_last_not_of(" \r")] == ';') return "a line ends without a semicolon";
  if (has("= .") || has("=.")) return "a number begins with a digit: 0.5";
  return "texts need quotes, tables look like [train], lists of tables like [[layer]]";
}

}  // namespace

Node parse_toml(std::string_view text, const std::string& file) {
  try {
    toml::table t = toml::parse(text, file);
    Node n = Converter{file}.table(t);
    n.where = {file, 0, 0};
    return n;
  } catch (const toml::parse_error& e) {
    std::string what(e.description());
    fail(Code::config, {file, static_cast<int>(e.source().begin.line), static_cast<int>(e.source().begin.column)},
         "this is not TOML: " + what, hint_of(what, text, e.source().begin));
  }
}

Node parse_toml_value(std::string_view text, const Where& where) {
  if (text.find('\n') != text.npos) return {};
  try {
    toml::table t = toml::parse("v = " + std::string(text));
    Node n = Converter{where.file}.table(t);
    if (n.fields.size() != 1) return {};
    return n.fields[0].second;
  } catch (const toml::parse_error&) {
    return {};
  } catch (const Failure&) {  // a date: plain text here
    return {};
  }
}

}  // namespace synfire

// From the rows of a network to a tree of boxes: blocks become frames, what follows a layer elementwise is written into its box, and
// copies in a row become one with a count.
#include <algorithm>
#include <map>

#include "synfire/base/format.h"
#include "synfire/report/draw.h"

namespace synfire::drawing {
namespace {

std::string shape_text(const Shape& s) {
  std::string t;
  for (int i = 1; i < s.rank(); ++i) t += fmt::format("{}{}", i > 1 ? " × " : "", s[i]);
  return t;
}

std::string count_text(int64_t n) {
  if (n < 10000) return fmt::format("{}", n);
  if (n < 999500) return fmt::format("{:.3g} k", double(n) / 1e3);
  return fmt::format("{:.3g} M", double(n) / 1e6);
}

// A parameter as a picture says it; "" when it says nothing of the architecture.
std::string param_text(const ParamInfo& p, const Attr& a) {
  using T = ParamInfo::Type;
  auto* two = std::get_if<std::vector<int64_t>>(&a);
  bool size = p.type == T::pair && two && two->at(0) > 1;  // a kernel is said even where it is the usual one
  if (!p.required && a == p.fallback && !size) return "";
  if (p.type == T::boolean) return std::get<bool>(a) ? std::string(p.name) : fmt::format("no {}", p.name);
  if (two && two->size() == 2) return fmt::format("{} {} × {}", p.name, two->at(0), two->at(1));
  if (p.type == T::choice || p.type == T::choices || p.type == T::table) return "";
  std::string t = text_of(a);
  std::erase(t, '"');
  return fmt::format("{} {}", p.name, t);
}

std::vector<std::string> lines_of(const LayerSpec& l) {
  const Entry* e = layer_entry(l.kind);
  std::vector<std::string> lines(1);
  std::string activation;
  for (const ParamInfo& p : e->params) {
    const Attr* a = l.attrs.find(p.name);
    if (!a) continue;
    if (p.type == ParamInfo::Type::choice && p.unit == "activation" && std::get<std::vector<Choice>>(*a).at(0).kind != "linear") activation = std::get<std::vector<Choice>>(*a)[0].kind;
    std::string t = param_text(p, *a);
    if (!t.empty()) lines[0] += (lines[0].empty() ? "" : ", ") + t;
  }
  if (lines[0].empty()) lines.clear();
  if (!activation.empty()) lines.push_back(activation);
  return lines;
}

Box box_of(const LayerSpec& l, const LayerRow& r, size_t inputs) {
  Box b;
  b.kind = r.kind, b.name = r.name.substr(r.name.rfind('.') + 1), b.lines = lines_of(l);
  b.shape = shape_text(r.output), b.input_shape = shape_text(r.input);
  if (r.parameters > 0) b.parameters = count_text(r.parameters);
  b.tone = inputs > 1 ? Tone::join : r.macs > 0 ? Tone::weights : r.input != r.output ? Tone::shapes : Tone::plain;
  b.follower = b.tone == Tone::plain;
  return b;
}

// Rows first … last - 1, whose names begin with `depth` segments in common, as a scope. where: of each row, the index in its scope.
struct Builder {
  const Net& net;
  const std::vector<LayerRow>& rows;
  std::map<std::string, size_t> row_of;

  std::string segment(size_t row, size_t depth) const {  // the block it is in at this depth; "" for a layer of the scope itself
    std::string_view name = rows[row].name;
    for (; depth > 0; --depth) name.remove_prefix(name.find('.') + 1);
    size_t dot = name.find('.');
    return dot == name.npos ? "" : std::string(name.substr(0, dot));
  }

  std::vector<std::string> sources(size_t row) const {
    if (!rows[row].from.empty()) return rows[row].from;
    return {row == 0 ? std::string() : rows[row - 1].name};
  }

  Scope scope(size_t first, size_t last, size_t depth) const {
    Scope s;
    std::vector<int> place(last - first);  // of each row: the box it is in
    for (size_t i = first; i < last;) {
      std::string inside = segment(i, depth);
      size_t end = i + 1;
      if (!inside.empty()) while (end < last && segment(end, depth) == inside) ++end;
      for (size_t k = i; k < end; ++k) place[k - first] = int(s.boxes.size());
      if (inside.empty()) {
        s.boxes.push_back(box_of(net.layers[i], rows[i], sources(i).size()));
      } else {
        Box b;
        b.name = inside, b.inside = scope(i, end, depth + 1);
        b.shape = shape_text(rows[end - 1].output), b.input_shape = shape_text(rows[i].input);
        s.boxes.push_back(std::move(b));
      }
      i = end;
    }
    for (size_t i = first; i < last; ++i)
      for (const std::string& name : sources(i)) {
        auto it = row_of.find(name);
        bool own = it != row_of.end() && it->second >= first && it->second < last;
        Edge e{own ? place[it->second - first] : kEntry, place[i - first], 0, 0};
        bool known = std::any_of(s.edges.begin(), s.edges.end(), [&](const Edge& k) { return k.from == e.from && k.to == e.to; });
        if (e.from != e.to && !known) s.edges.push_back(e);
      }
    s.exit = place[last - 1 - first];
    return s;
  }
};

int degree(const Scope& s, int box, bool in) {
  return int(std::count_if(s.edges.begin(), s.edges.end(), [&](const Edge& e) { return (in ? e.to : e.from) == box; }));
}

const Edge* only_edge(const Scope& s, int box, bool in) {  // null when it has none or several
  if (degree(s, box, in) != 1) return nullptr;
  return &*std::find_if(s.edges.begin(), s.edges.end(), [&](const Edge& e) { return (in ? e.to : e.from) == box; });
}

// Takes out boxes begin … end - 1; what they gave, `begin - 1` gives. They hang on it as a chain.
void take_out(Scope& s, int begin, int end) {
  std::erase_if(s.edges, [&](const Edge& e) { return e.to >= begin && e.to < end; });
  int n = end - begin;
  auto moved = [&](int v) { return v >= end ? v - n : v >= begin ? begin - 1 : v; };
  for (Edge& e : s.edges) e = {moved(e.from), moved(e.to), 0, 0};
  s.exit = moved(s.exit);
  s.boxes.erase(s.boxes.begin() + begin, s.boxes.begin() + end);
}

// Whether box i + 1 takes what box i gives, and nobody else does.
bool chained(const Scope& s, int i) {
  const Edge *in = only_edge(s, i + 1, true), *out = only_edge(s, i, false);
  return in && out && in->from == i && out->to == i + 1 && s.exit != i;
}

void fold_followers(Scope& s) {
  for (int i = 0; i + 1 < int(s.boxes.size());) {
    Box &b = s.boxes[size_t(i)], &next = s.boxes[size_t(i + 1)];
    if (b.frame() || next.frame() || !next.follower || !chained(s, i)) { ++i; continue; }
    std::string said = next.kind;
    for (const std::string& l : next.lines) said += " " + l;
    bool begun = b.lines.size() > 0 && b.last_name == "followers";
    if (begun) b.lines.back() += ", " + said;
    else b.lines.push_back(said), b.last_name = "followers";
    b.follower = false;  // it is a box of its own now
    take_out(s, i + 1, i + 2);
  }
  for (Box& b : s.boxes) b.last_name.clear();
}

std::string signature(const Scope& s);

std::string signature(const Box& b) {
  std::string t = fmt::format("{}|{}|{}|{}|{}", b.kind, b.shape, b.input_shape, b.parameters, b.copies);
  for (const std::string& l : b.lines) t += "|" + l;
  return t + (b.frame() ? "{" + signature(b.inside) + "}" : "");
}

std::string signature(const Scope& s) {
  std::string t;
  for (const Box& b : s.boxes) t += signature(b) + ";";
  for (const Edge& e : s.edges) t += fmt::format("{}>{};", e.from, e.to);
  return t;
}

void fold_repeats(Scope& s) {
  for (int i = 0; i < int(s.boxes.size()); ++i) {
    std::string is = signature(s.boxes[size_t(i)]);
    int end = i + 1;
    while (end < int(s.boxes.size()) && chained(s, end - 1) && signature(s.boxes[size_t(end)]) == is) ++end;
    Box& b = s.boxes[size_t(i)];
    if (end - i < (b.frame() ? 2 : 3)) continue;
    b.copies = end - i, b.last_name = s.boxes[size_t(end - 1)].name;
    take_out(s, i + 1, end);
  }
}

void fold(Scope& s) {
  for (Box& b : s.boxes) if (b.frame()) fold(b.inside);
  fold_followers(s);
  fold_repeats(s);
}

}  // namespace

Scope scope_of(const Net& net, const std::vector<LayerRow>& rows) {
  Builder b{net, rows, {}};
  for (size_t i = 0; i < rows.size(); ++i) b.row_of[rows[i].name] = i;
  Scope s = b.scope(0, rows.size(), 0);
  fold(s);
  return s;
}

}  // namespace synfire::drawing

// Twins by their hashes, columns by their summaries, classes by counting.
#include "synfire/data/audit.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <tuple>

#include "synfire/base/format.h"

namespace synfire {
namespace {

constexpr int64_t kUneven = 10;  // times the rows of the rarest class that the commonest has: accuracy then says little

struct Place { uint64_t hash; int64_t row; Part part; };

uint64_t hash_of_row(const std::byte* bytes, size_t n) {  // eight bytes at a time, mixed as in splitmix64
  uint64_t h = n;
  for (size_t i = 0; i < n; i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, bytes + i, std::min<size_t>(8, n - i));
    h = (h ^ word) * 0xbf58476d1ce4e5b9ull;
    h ^= h >> 29;
  }
  return h;
}

struct Twins {
  const Dataset& d;
  size_t width = size_t(d.sample.numel()) * size_t(size_of(d.x.dtype));
  const std::byte* row(int64_t r) const { return d.x.bytes.data() + size_t(r) * width; }
  bool same(int64_t a, int64_t b) const { return std::memcmp(row(a), row(b), width) == 0; }
  bool agree(int64_t a, int64_t b) const {
    if (d.task == Task::classes) return d.labels[size_t(a)] == d.labels[size_t(b)];
    int64_t n = d.target_count();
    return std::equal(d.targets.begin() + a * n, d.targets.begin() + (a + 1) * n, d.targets.begin() + b * n);
  }
};

// `group`: samples that are the same, those of the training part first.
void judge_group(const Twins& twins, std::span<const Place> group, Duplicates& to) {
  for (size_t i = 1; i < group.size(); ++i) {
    const Place &first = group[0], &p = group[i];
    if (!twins.agree(first.row, p.row) && ++to.conflicting == 1) to.conflict = {p.row, first.row};
    if (first.part != Part::train) continue;
    if (p.part == Part::train) { ++to.within; continue; }
    (p.part == Part::test ? to.test : to.validation)++;
    if (to.leak.first < 0 || (p.part == Part::test && to.test == 1)) to.leak = {p.row, first.row};
  }
}

Duplicates duplicates_of(const Source& source) {
  Twins twins{source.data};
  std::vector<Place> all;
  for (Part part : {Part::train, Part::validation, Part::test})
    for (int64_t r : source.split[part]) all.push_back({hash_of_row(twins.row(r), twins.width), r, part});
  std::sort(all.begin(), all.end(), [](const Place& a, const Place& b) { return std::tuple(a.hash, a.part, a.row) < std::tuple(b.hash, b.part, b.row); });
  Duplicates found;
  for (size_t i = 0, j; i < all.size(); i = j) {
    for (j = i + 1; j < all.size() && all[j].hash == all[i].hash && twins.same(all[j].row, all[i].row); ++j) {}
    judge_group(twins, std::span(all).subspan(i, j - i), found);
  }
  return found;
}

std::string row_name(const Dataset& d, int64_t r) { return d.files.empty() ? fmt::format("row {}", r + 1) : d.files[size_t(r)]; }

void warn_of_duplicates(const Source& s, const Duplicates& u, std::vector<std::string>& to) {
  const Dataset& d = s.data;
  auto pair = [&](std::pair<int64_t, int64_t> p) { return fmt::format("{} as {}", row_name(d, p.first), row_name(d, p.second)); };
  int64_t leaks = u.test > 0 ? u.test : u.validation;
  std::string_view part = u.test > 0 ? "test" : "validation";
  if (leaks > 0)
    to.push_back(fmt::format("{} of {} {} samples {} in the training part, too (the first: {}): what is measured on them says nothing about new data", leaks, s.split[u.test > 0 ? Part::test : Part::validation].size(), part, leaks == 1 ? "is" : "are", pair(u.leak)));
  if (u.conflicting > 0)
    to.push_back(fmt::format("{} sample{} the same as another one and {} another answer (the first: {}): no network can get both right", u.conflicting, u.conflicting == 1 ? " is" : "s are", u.conflicting == 1 ? "has" : "have", pair(u.conflict)));
}

std::string column_name(const Dataset& d, size_t c) { return c < d.feature_names.size() ? "\"" + d.feature_names[c] + "\"" : d.is_image() ? fmt::format("channel {}", c + 1) : fmt::format("feature {}", c + 1); }

void warn_of_constants(const Source& s, const Audit& a, std::vector<std::string>& to) {
  if (a.constant.empty()) return;
  std::string names;
  for (size_t i = 0; i < a.constant.size() && i < 5; ++i) names += (i ? ", " : "") + column_name(s.data, a.constant[i]);
  if (a.constant.size() == a.columns.size()) to.push_back("every sample of the training part is the same: there is nothing to learn from");
  else to.push_back(fmt::format("{} of {} {} one value in the whole training part and tell{} nothing: {}{}", a.constant.size(), a.columns.size(), a.constant.size() == 1 ? "features has" : "features have", a.constant.size() == 1 ? "s" : "", names, a.constant.size() > 5 ? " …" : ""));
}

void warn_of_classes(const Source& s, const Audit& a, std::vector<std::string>& to) {
  const Dataset& d = s.data;
  const std::vector<int64_t>& train = a.counts[0];
  if (train.empty()) return;
  for (Part part : {Part::train, Part::validation, Part::test}) {
    std::string names;
    int64_t empty = 0;
    for (size_t c = 0; c < train.size() && !s.split[part].empty(); ++c)
      if (a.counts[size_t(part)][c] == 0 && ++empty <= 5) names += (empty > 1 ? ", " : "") + d.class_names[c];
    if (empty > 0) to.push_back(fmt::format("the {} part has no samples of {} class{}: {}{}", kPartNames[size_t(part)], empty, empty == 1 ? "" : "es", names, empty > 5 ? " …" : ""));
  }
  auto [low, high] = std::minmax_element(train.begin(), train.end());
  if (*low > 0 && *high >= kUneven * *low)
    to.push_back(fmt::format("classes are uneven: {} has {} samples to train on, {} has {}: look at recall and f1 rather than at accuracy", d.class_names[size_t(high - train.begin())], *high, d.class_names[size_t(low - train.begin())], *low));
}

Node node_of(const Summary& s) {
  Node n = Node::table();
  n.set("mean", Node::of(s.mean)), n.set("deviation", Node::of(s.deviation)), n.set("low", Node::of(s.low)), n.set("high", Node::of(s.high));
  return n;
}

Node texts(const std::vector<std::string>& list) {
  Node n = Node::array();
  for (const std::string& t : list) n.items.push_back(Node::of(t));
  return n;
}

Node table_columns(const Source& s, const Audit& a) {
  const Dataset& d = s.data;
  Node list = Node::array();
  size_t at = 0;
  for (size_t i = 0; i < d.table.columns.size(); ++i) {
    const TableColumn& c = d.table.columns[i];
    Node n = Node::table(), levels = Node::table();
    n.set("name", Node::of(c.name)), n.set("kind", Node::of(std::string(c.levels.empty() ? "number" : "category")));
    n.set("missing", Node::of(i < d.missing.size() ? d.missing[i] : int64_t{0}));
    for (size_t k = 0; k < c.levels.size(); ++k) levels.set(c.levels[k], Node::of(int64_t(a.columns[at + k].mean * double(s.split.train.size()) + 0.5)));
    if (c.levels.empty()) for (auto& [key, value] : node_of(a.columns[at]).fields) n.set(key, value);
    else n.set("levels", std::move(levels));
    at += size_t(c.width());
    list.items.push_back(std::move(n));
  }
  return list;
}

Node plain_columns(const Dataset& d, const Audit& a) {
  Node list = Node::array();
  for (size_t c = 0; c < a.columns.size(); ++c) {
    Node n = Node::table();
    n.set("name", Node::of(c < d.feature_names.size() ? d.feature_names[c] : column_name(d, c))), n.set("kind", Node::of(std::string(d.is_image() ? "channel" : "number")));
    for (auto& [key, value] : node_of(a.columns[c]).fields) n.set(key, value);
    list.items.push_back(std::move(n));
  }
  return list;
}

Node classes_of(const Dataset& d, const Audit& a) {
  Node list = Node::array();
  for (size_t c = 0; c < d.class_names.size(); ++c) {
    Node n = Node::table();
    n.set("name", Node::of(d.class_names[c]));
    for (Part part : {Part::train, Part::validation, Part::test}) n.set(kPartNames[size_t(part)], Node::of(a.counts[size_t(part)][c]));
    list.items.push_back(std::move(n));
  }
  return list;
}

}  // namespace

Audit audit(const Source& source) {
  const Dataset& d = source.data;
  Audit a;
  a.columns = summarize(d, source.split.train);
  for (size_t c = 0; c < a.columns.size(); ++c) if (a.columns[c].low == a.columns[c].high) a.constant.push_back(c);
  if (d.task == Task::classes)
    for (Part part : {Part::train, Part::validation, Part::test}) {
      std::vector<int64_t>& counts = a.counts[size_t(part)];
      counts.assign(size_t(d.classes()), 0);
      for (int64_t r : source.split[part]) ++counts[size_t(d.labels[size_t(r)])];
    }
  a.duplicates = duplicates_of(source);
  warn_of_duplicates(source, a.duplicates, a.warnings), warn_of_constants(source, a, a.warnings), warn_of_classes(source, a, a.warnings);
  return a;
}

Node data_node(const Source& s, const Audit& a) {
  const Dataset& d = s.data;
  Node n = Node::table(), sample = Node::array(), parts = Node::table(), twins = Node::table();
  for (int64_t dim : d.sample) sample.items.push_back(Node::of(dim));
  for (Part part : {Part::train, Part::validation, Part::test}) parts.set(kPartNames[size_t(part)], Node::of(int64_t(s.split[part].size())));
  n.set("name", Node::of(d.name)), n.set("rows", Node::of(d.rows())), n.set("sample", std::move(sample)), n.set("task", Node::of(std::string(d.task == Task::classes ? "classes" : "numbers")));
  n.set("parts", std::move(parts));
  if (d.task == Task::classes) n.set("classes", classes_of(d, a));
  else n.set("targets", texts(d.target_names));
  n.set("columns", d.table.columns.empty() ? plain_columns(d, a) : table_columns(s, a));
  const Duplicates& u = a.duplicates;
  for (auto [key, value] : {std::pair("test", u.test), std::pair("validation", u.validation), std::pair("within_train", u.within), std::pair("conflicting", u.conflicting)}) twins.set(key, Node::of(value));
  n.set("duplicates", std::move(twins)), n.set("unreadable", texts(d.unreadable)), n.set("notes", texts(d.notes)), n.set("warnings", texts(a.warnings));
  return n;
}

}  // namespace synfire

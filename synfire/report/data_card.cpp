// Counting and looking at the rows.
#include "synfire/report/data_card.h"

#include <algorithm>
#include <cmath>

#include "synfire/base/format.h"
#include "synfire/data/audit.h"
#include "synfire/report/pack.h"
#include "synfire/report/pictures.h"

namespace synfire {
namespace {

constexpr size_t kMostColumns = 200, kMostExamples = 60;
constexpr int kBins = 20;

Node balance_of(const Source& s) {
  std::vector<int32_t> counts(size_t(s.data.classes()) * 3);
  for (Part part : {Part::train, Part::validation, Part::test})
    for (int64_t r : s.split[part]) ++counts[size_t(s.data.labels[size_t(r)]) * 3 + size_t(part)];
  return Node::of(packed(counts));
}

// One column of numbers: its summary, and how its values spread between the smallest and the largest.
template <class Value>
Node column_of(const std::string& name, const Summary& s, std::span<const int64_t> rows, const Value& value) {
  Node n = Node::table(), bins = Node::array();
  n.set("name", Node::of(name)), n.set("mean", Node::of(s.mean)), n.set("deviation", Node::of(s.deviation)), n.set("low", Node::of(s.low)), n.set("high", Node::of(s.high));
  std::vector<int64_t> counts(kBins, 0);
  double range = s.high - s.low;
  for (int64_t r : rows) ++counts[size_t(range > 0 ? std::clamp(int((value(r) - s.low) / range * kBins), 0, kBins - 1) : 0)];
  for (int64_t c : counts) bins.items.push_back(Node::of(c));
  n.set("bins", std::move(bins));
  return n;
}

Summary summary_of(std::span<const int64_t> rows, const auto& value) {
  Summary s{0, 0, value(rows[0]), value(rows[0])};
  for (int64_t r : rows) s.mean += value(r) / double(rows.size()), s.low = std::min(s.low, value(r)), s.high = std::max(s.high, value(r));
  for (int64_t r : rows) s.deviation += std::pow(value(r) - s.mean, 2) / double(rows.size());
  s.deviation = std::sqrt(s.deviation);
  return s;
}

Node columns_of(const Source& source) {
  const Dataset& d = source.data;
  const std::vector<int64_t>& rows = source.split.train;
  std::vector<Summary> summaries = summarize(d, rows);
  int64_t size = d.sample.numel(), columns = d.columns();
  Node list = Node::array();
  for (size_t c = 0; c < std::min(kMostColumns, summaries.size()); ++c) {
    std::string name = c < d.feature_names.size() ? d.feature_names[c] : d.is_image() ? fmt::format("channel {}", c + 1) : fmt::format("feature {}", c + 1);
    if (d.is_image() || size != columns) {
      Node n = Node::table();
      n.set("name", Node::of(name)), n.set("mean", Node::of(summaries[c].mean)), n.set("deviation", Node::of(summaries[c].deviation));
      n.set("low", Node::of(summaries[c].low)), n.set("high", Node::of(summaries[c].high));
      list.items.push_back(std::move(n));
    } else {
      list.items.push_back(column_of(name, summaries[c], rows, [&](int64_t r) { return d.unit * (d.x.dtype == DType::u8 ? double(d.x.as<uint8_t>()[r * size + int64_t(c)]) : double(d.x.as<float>()[r * size + int64_t(c)])); }));
    }
  }
  return list;
}

Node targets_of(const Source& source) {
  const Dataset& d = source.data;
  Node list = Node::array();
  for (int64_t t = 0; t < std::min<int64_t>(d.target_count(), kMostColumns); ++t) {
    auto value = [&](int64_t r) { return double(d.targets[size_t(r * d.target_count() + t)]); };
    list.items.push_back(column_of(d.target_names[size_t(t)], summary_of(source.split.train, value), source.split.train, value));
  }
  return list;
}

// The first training pictures of each class; without classes the first ones.
Node examples_of(const Source& source) {
  const Dataset& d = source.data;
  Pictures pictures(d, source.split.train);
  size_t classes = d.task == Task::classes ? std::min<size_t>(size_t(d.classes()), kMostExamples) : 1;
  size_t each = std::max<size_t>(1, std::min<size_t>(6, kMostExamples / classes));
  std::vector<std::vector<int64_t>> found(classes);
  size_t open = classes;
  for (int64_t r : source.split.train) {
    size_t c = d.task == Task::classes ? size_t(d.labels[size_t(r)]) : 0;
    if (c >= classes || found[c].size() == each) continue;
    found[c].push_back(r);
    if (found[c].size() == each && --open == 0) break;
  }
  Node list = Node::array();
  for (size_t c = 0; c < classes; ++c) {
    Node entry = Node::array(), shown = Node::array();
    for (int64_t r : found[c]) shown.items.push_back(Node::of(pictures.of(r)));
    entry.items = {Node::of(int64_t(c)), std::move(shown)};
    list.items.push_back(std::move(entry));
  }
  return list;
}

}  // namespace

Node data_card(const Source& source) {
  const Dataset& d = source.data;
  Node card = Node::table(), split = Node::table(), augment = Node::array();
  for (Part part : {Part::train, Part::validation, Part::test}) split.set(kPartNames[size_t(part)], Node::of(int64_t(source.split[part].size())));
  card.set("split", std::move(split)), card.set("bytes", Node::of(int64_t(d.x.bytes.size())));
  for (const Choice& c : source.augment) augment.items.push_back(Node::of(c.kind));
  card.set("augment", std::move(augment));
  Node told = Node::array();
  for (const std::string& w : audit(source).warnings) told.items.push_back(Node::of(w));
  if (!told.items.empty()) card.set("warnings", std::move(told));
  told = Node::array();
  for (const std::string& n : d.notes) told.items.push_back(Node::of(n));
  if (!told.items.empty()) card.set("told", std::move(told));
  card.set("columns", columns_of(source));
  if (d.columns() > int64_t(kMostColumns)) card.set("columns_in_all", Node::of(d.columns()));
  if (d.task == Task::classes) card.set("balance", balance_of(source));
  else card.set("targets", targets_of(source));
  if (d.is_image()) card.set("examples", examples_of(source));
  return card;
}

}  // namespace synfire

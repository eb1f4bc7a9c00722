// Reading back what a finished run wrote.
#include "synfire/report/saved.h"

#include <algorithm>
#include <map>

#include "synfire/base/format.h"
#include "synfire/base/reader.h"
#include "synfire/interop/csv.h"
#include "synfire/report/pack.h"

namespace synfire {
namespace {

constexpr size_t kWorst = 30;

std::vector<std::string> texts(const Node* list) {
  std::vector<std::string> v;
  if (list) for (const Node& n : list->items) v.push_back(n.text);
  return v;
}

void damaged(const char* file, Notes& notes) { notes.push_back(fmt::format("{} could not be read and is left out", file)); }

void add_confusion(Node& saved, const RunFolder& folder, int64_t classes, Notes& notes) {
  std::string path = folder.file("confusion.csv");
  if (classes == 0 || !is_there(path)) return;
  try {
    Csv csv = Csv::read(path, {',', Csv::Header::yes});
    if (csv.rows() != classes || csv.columns() != classes + 1) return damaged("confusion.csv", notes);
    std::vector<int32_t> counts;
    for (int64_t r = 0; r < classes; ++r)
      for (int64_t c = 1; c <= classes; ++c) counts.push_back(int32_t(std::clamp(csv.number(r, c).value_or(0), 0.0, 2147483647.0)));
    saved.set("confusion", Node::of(packed(counts)));
  } catch (const Failure&) {
    damaged("confusion.csv", notes);
  }
}

// The loss stands last, or before the sample's file.
bool has_files(const Csv& csv) { return csv.names().back() == "file" && csv.columns() > 1 && csv.names()[csv.names().size() - 2] == "loss"; }
int64_t loss_column(const Csv& csv) { return csv.columns() - (has_files(csv) ? 2 : 1); }

Node sample_of(const Csv& csv, int64_t row, const std::map<std::string, int64_t>& classes) {
  Node s = Node::table();
  int64_t last = loss_column(csv);
  s.set("row", Node::of(int64_t(std::clamp(csv.number(row, 0).value_or(-1), -1.0, 1e15)))), s.set("loss", Node::of(csv.number(row, last).value_or(0)));
  if (has_files(csv)) s.set("file", Node::of(std::string(csv.cell(row, last + 1))));
  if (!classes.empty()) {
    auto place = [&](int64_t column) {
      auto it = classes.find(std::string(csv.cell(row, column)));
      return it == classes.end() ? int64_t{0} : it->second;
    };
    Node top = Node::array(), pair = Node::array();
    pair.items = {Node::of(place(2)), Node::of(csv.number(row, 3).value_or(0))};
    top.items.push_back(std::move(pair));
    s.set("actual", Node::of(place(1))), s.set("predicted", Node::of(place(2))), s.set("top", std::move(top));
    return s;
  }
  Node actual = Node::array(), predicted = Node::array();
  for (int64_t c = 1; c + 1 < last; c += 2) actual.items.push_back(Node::of(csv.number(row, c).value_or(0))), predicted.items.push_back(Node::of(csv.number(row, c + 1).value_or(0)));
  s.set("actual", std::move(actual)), s.set("predicted", std::move(predicted));
  return s;
}

void add_worst(Node& saved, const RunFolder& folder, const std::vector<std::string>& names, Notes& notes) {
  std::string path = folder.file("predictions.csv");
  if (!is_there(path)) return;
  try {
    Csv csv = Csv::read(path, {',', Csv::Header::yes});
    if (csv.columns() < (names.empty() ? 4 : 5)) return damaged("predictions.csv", notes);
    std::map<std::string, int64_t> classes;
    for (size_t i = 0; i < names.size(); ++i) classes[names[i]] = int64_t(i);
    std::vector<std::pair<double, int64_t>> order;
    for (int64_t r = 0; r < csv.rows(); ++r) order.emplace_back(-csv.number(r, loss_column(csv)).value_or(0), r);
    std::sort(order.begin(), order.end());
    Node samples = Node::array(), worst = Node::array();
    for (size_t i = 0; i < std::min(kWorst, order.size()); ++i) samples.items.push_back(sample_of(csv, order[i].second, classes)), worst.items.push_back(Node::of(int64_t(i)));
    saved.set("rows", Node::of(csv.rows())), saved.set("samples", std::move(samples)), saved.set("worst", std::move(worst));
  } catch (const Failure&) {
    damaged("predictions.csv", notes);
  }
}

}  // namespace

Node read_saved(const RunFolder& folder, const Node& info, Notes& notes) {
  const Node *data = info.find("data"), *result = info.find("result");
  std::vector<std::string> names = texts(data ? data->find("classes") : nullptr);
  Node saved = Node::table();
  add_confusion(saved, folder, int64_t(names.size()), notes);
  add_worst(saved, folder, names, notes);
  if (saved.fields.empty()) return {};
  const Node* test = result ? result->find("test") : nullptr;
  saved.set("part", Node::of(std::string(test ? "test" : "validation")));
  if (const Node* metrics = test ? test : result ? result->find("validation") : nullptr) saved.set("metrics", *metrics);
  return saved;
}

}  // namespace synfire

// One pass over the rows, which keeps what will be shown.
#include "synfire/report/judged.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "synfire/base/format.h"
#include "synfire/report/pack.h"

namespace synfire {
namespace {

constexpr size_t kWorst = 30, kSome = 30, kOfCell = 12, kBins = 10, kTop = 3;
constexpr size_t kPictureBudget = 1100 << 10;  // bytes of all pictures together; those of the lists come first, then cell by cell
constexpr int64_t kMostFeatures = 256;         // of a row, that are shown

struct Verdict {
  int64_t row = 0;
  int32_t actual = 0, predicted = 0;
  double loss = 0;
  std::vector<float> output;  // probabilities of the best classes and their places; numbers
  std::vector<int32_t> top;
};

bool worse(const Verdict& a, const Verdict& b) { return a.loss != b.loss ? a.loss > b.loss : a.row < b.row; }

// The `most` worst, in no order until the end.
void keep(std::vector<Verdict>& list, const Verdict& v, size_t most) {
  if (list.size() == most && !worse(v, list.front())) return;  // front: the least bad one
  list.push_back(v);
  std::push_heap(list.begin(), list.end(), worse);
  if (list.size() <= most) return;
  std::pop_heap(list.begin(), list.end(), worse);
  list.pop_back();
}

struct Judge {
  const Dataset& data;
  int64_t rows, seen = 0;
  std::vector<Verdict> worst, some;
  std::map<std::pair<int32_t, int32_t>, std::vector<Verdict>> cells;
  std::vector<int32_t> counts;
  double bins[kBins][3] = {};  // samples, sum of confidence, right ones
  std::vector<float> actual, predicted;

  Judge(const Dataset& d, int64_t n) : data(d), rows(n) {
    if (d.task == Task::classes) counts.assign(size_t(d.classes() * d.classes()), 0);
  }

  void add(int64_t row, const float* output) {
    Verdict v;
    v.row = row, v.loss = sample_loss(data, row, output);
    data.task == Task::classes ? add_class(v, output) : add_numbers(v, output);
    if (std::isnan(v.loss)) v.loss = INFINITY;
    keep(worst, v, kWorst);
    int64_t every = std::max<int64_t>(1, rows / int64_t(kSome));
    if (seen++ % every == every / 2 && some.size() < kSome) some.push_back(v);
  }

  void add_class(Verdict& v, const float* output) {
    int64_t width = data.classes();
    std::vector<double> p(static_cast<size_t>(width));
    probabilities(output, width, p.data());
    std::vector<int32_t> order(static_cast<size_t>(width));
    for (int32_t c = 0; c < width; ++c) order[size_t(c)] = c;
    size_t top = std::min<size_t>(kTop, order.size());
    std::partial_sort(order.begin(), order.begin() + int64_t(top), order.end(), [&](int32_t a, int32_t b) { return p[size_t(a)] != p[size_t(b)] ? p[size_t(a)] > p[size_t(b)] : a < b; });
    for (size_t i = 0; i < top; ++i) v.top.push_back(order[i]), v.output.push_back(float(p[size_t(order[i])]));
    v.actual = data.labels[size_t(v.row)], v.predicted = order[0];
    ++counts[size_t(v.actual * width + v.predicted)];
    keep(cells[{v.actual, v.predicted}], v, kOfCell);
    double confidence = p[size_t(order[0])];
    auto& bin = bins[std::min(kBins - 1, size_t(std::max(0.0, confidence) * kBins))];
    bin[0] += 1, bin[1] += confidence, bin[2] += v.actual == v.predicted;
  }

  void add_numbers(Verdict& v, const float* output) {
    int64_t width = data.target_count(), every = (rows + kMostPoints - 1) / kMostPoints;
    v.output.assign(output, output + width);
    if (seen % every) return;
    for (int64_t t = 0; t < width; ++t) actual.push_back(data.targets[size_t(v.row * width + t)]), predicted.push_back(output[t]);
  }
};

Node numbers(std::span<const float> list) {
  Node n = Node::array();
  for (float v : list) n.items.push_back(Node::of(double(v)));
  return n;
}

// Samples as they go into the page, each row once.
struct Gallery {
  const Dataset& data;
  const Pictures& pictures;
  Node samples = Node::array();
  std::map<int64_t, int64_t> places;  // row -> index
  size_t bytes = 0;

  Gallery(const Dataset& d, const Pictures& p) : data(d), pictures(p) {}
  bool full() const { return bytes > kPictureBudget; }
  int64_t place(const Verdict& v) {
    auto [it, fresh] = places.emplace(v.row, int64_t(samples.items.size()));
    if (!fresh) return it->second;
    Node s = Node::table();
    s.set("row", Node::of(v.row)), s.set("loss", Node::of(v.loss));
    if (!data.files.empty()) s.set("file", Node::of(data.files[size_t(v.row)]));
    if (data.task == Task::classes) {
      Node top = Node::array();
      for (size_t i = 0; i < v.top.size(); ++i) {
        Node pair = Node::array();
        pair.items = {Node::of(int64_t{v.top[i]}), Node::of(double(v.output[i]))};
        top.items.push_back(std::move(pair));
      }
      s.set("actual", Node::of(int64_t{v.actual})), s.set("predicted", Node::of(int64_t{v.predicted})), s.set("top", std::move(top));
    } else {
      int64_t width = data.target_count();
      s.set("actual", numbers(std::span(data.targets).subspan(size_t(v.row * width), size_t(width)))), s.set("predicted", numbers(v.output));
    }
    std::string shown = pictures.possible() ? pictures.of(v.row) : features(v.row);
    bytes += shown.size();
    s.set(pictures.possible() ? "picture" : "features", Node::of(std::move(shown)));
    samples.items.push_back(std::move(s));
    return it->second;
  }
  std::string features(int64_t row) const {
    int64_t size = data.sample.numel();
    std::vector<float> values;
    for (int64_t i = 0; i < std::min(size, kMostFeatures); ++i)
      values.push_back(float(data.unit) * (data.x.dtype == DType::u8 ? float(data.x.as<uint8_t>()[row * size + i]) : data.x.as<float>()[row * size + i]));
    return packed(values);
  }
  Node places_of(const std::vector<Verdict>& list) {
    Node n = Node::array();
    for (const Verdict& v : list) n.items.push_back(Node::of(place(v)));
    return n;
  }
};

// Every cell gets its worst sample before any gets its second: small cells are what people click on.
Node cells_of(Gallery& gallery, const Judge& j) {
  std::map<std::pair<int32_t, int32_t>, Node> lists;
  for (size_t rank = 0; rank < kOfCell; ++rank)
    for (const auto& [cell, verdicts] : j.cells) {
      if (rank >= verdicts.size()) continue;
      const Verdict& v = verdicts[rank];
      if (gallery.full() && !gallery.places.count(v.row)) continue;
      Node& list = lists.emplace(cell, Node::array()).first->second;
      list.items.push_back(Node::of(gallery.place(v)));
    }
  Node cells = Node::array();
  for (auto& [cell, list] : lists) {
    Node n = Node::array();
    n.items = {Node::of(int64_t{cell.first}), Node::of(int64_t{cell.second}), std::move(list)};
    cells.items.push_back(std::move(n));
  }
  return cells;
}

Node calibration_of(const Judge& j) {
  Node list = Node::array();
  for (const auto& bin : j.bins) {
    Node n = Node::table();
    n.set("n", Node::of(int64_t(bin[0])));
    if (bin[0] > 0) n.set("confidence", Node::of(bin[1] / bin[0])), n.set("accuracy", Node::of(bin[2] / bin[0]));
    list.items.push_back(std::move(n));
  }
  return list;
}

}  // namespace

Node judge(Model& model, const Source& source, Part part, const std::string& weights) {
  const Dataset& d = source.data;
  const std::vector<int64_t>& rows = source.split[part];
  Judge j(d, int64_t(rows.size()));
  Metrics m = evaluate(model, d, rows, source.fitted, [&](std::span<const int64_t> batch, const View& output) {
    for (size_t i = 0; i < batch.size(); ++i) j.add(batch[i], output.f32() + int64_t(i) * output.shape[1]);
  });
  std::sort_heap(j.worst.begin(), j.worst.end(), worse);
  for (auto& [cell, list] : j.cells) std::sort_heap(list.begin(), list.end(), worse);
  Pictures pictures(d, rows);
  Gallery gallery(d, pictures);
  Node n = Node::table(), metrics = Node::table();
  for (const auto& [name, v] : m.values) metrics.set(name, Node::of(v));
  n.set("part", Node::of(std::string(kPartNames[size_t(part)]))), n.set("weights", Node::of(weights)), n.set("rows", Node::of(int64_t(rows.size()))), n.set("metrics", std::move(metrics));
  n.set("worst", gallery.places_of(j.worst)), n.set("some", gallery.places_of(j.some));
  if (d.task == Task::classes) {
    n.set("cells", cells_of(gallery, j)), n.set("confusion", Node::of(packed(j.counts))), n.set("calibration", calibration_of(j));
  } else {
    Node points = Node::table();
    points.set("actual", Node::of(packed(j.actual))), points.set("predicted", Node::of(packed(j.predicted)));
    n.set("points", std::move(points));
  }
  n.set("samples", std::move(gallery.samples));
  return n;
}

}  // namespace synfire

// What the data alone tell before the first step: a scale that no network likes, and a feature that is the answer.
#include <algorithm>
#include <numeric>

#include "synfire/base/format.h"
#include "synfire/inspect/findings.h"

namespace synfire {
namespace {

constexpr int64_t kMostRows = 2000, kMostFeatures = 512, kLeastRows = 50;
constexpr double kLarge = 10, kApart = 100;      // deviation or mean of an input; how far the scales of features lie apart
constexpr double kTells = 0.995, kOthers = 0.97;  // share of rows that a feature alone gets right; the next best one

std::vector<int64_t> some_rows(const Source& s) {
  const std::vector<int64_t>& all = s.split.train;
  int64_t n = int64_t(all.size()), step = std::max<int64_t>(1, (n + kMostRows - 1) / kMostRows);
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < n; i += step) rows.push_back(all[size_t(i)]);
  return rows;
}

Where place(const Job& job, std::string_view key) {
  const Node* data = job.tree.find("data");
  if (!data) return job.tree.where;
  const Node* n = data->is(Node::Kind::table) ? data->find(key) : nullptr;
  return n && n->origin != Origin::fallback && n->where.line ? n->where : data->where;
}

std::string column_name(const Dataset& d, int64_t c) {
  return d.is_image() ? fmt::format("channel {}", c + 1) : size_t(c) < d.feature_names.size() ? fmt::format("feature \"{}\"", d.feature_names[size_t(c)]) : fmt::format("feature {}", c + 1);
}

void judge_scale(const Job& job, const std::vector<int64_t>& rows, std::vector<Finding>& found) {
  const Dataset& d = job.source.data;
  std::vector<Summary> all = summarize(d, rows);
  double largest = 0, smallest = 0, most = 0;
  int64_t column = 0;
  for (size_t c = 0; c < all.size(); ++c) {  // as the network sees them
    double scale = job.source.fitted.scale[c], mean = std::abs(all[c].mean * scale + double(job.source.fitted.offset[c])), deviation = std::abs(all[c].deviation * scale);
    if (std::max(mean, deviation) > most) most = std::max(mean, deviation), column = int64_t(c);
    if (deviation == 0) continue;
    largest = std::max(largest, deviation), smallest = smallest == 0 ? deviation : std::min(smallest, deviation);
  }
  bool large = most > kLarge, small = largest > 0 && largest < 1 / kApart, apart = largest > 1 && smallest > 0 && largest > kApart * smallest;
  if (!large && !small && !apart) return;
  const auto& layers = job.model->net().layers;
  std::string what = large ? fmt::format("{} has values around {:.3g}", column_name(d, column), most)
                     : small ? fmt::format("no input varies by more than {:.1e}", largest)
                             : fmt::format("{} varies by {:.3g}, others by as little as {:.2g}", column_name(d, column), largest, smallest);
  found.push_back({"unscaled_input", false, layers.empty() ? "" : layers.front().name, place(job, "transform"), 0, what + "; a network learns best from inputs around 0 that vary by about 1",
                   "data.transform = [\"standardize\"]"});
}

// Of rows sorted by a feature: the share that the best answer for runs of equal values, or a cut between classes, gets right. With cuts
// between all runs anything would be told, so only as many as there are classes, less one, are free: the longest runs keep theirs.
double told_by(const float* x, int64_t stride, const Dataset& d, const std::vector<int64_t>& rows, std::vector<int64_t>& order) {
  order = rows;
  std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return x[a * stride] < x[b * stride] || (x[a * stride] == x[b * stride] && d.labels[size_t(a)] < d.labels[size_t(b)]); });
  std::vector<int64_t> longest(static_cast<size_t>(d.classes()));  // of each class
  for (size_t i = 0, j; i < order.size(); i = j) {
    int32_t label = d.labels[size_t(order[i])];
    for (j = i; j < order.size() && d.labels[size_t(order[j])] == label; ++j) {}
    bool cut = j == order.size() || x[order[j] * stride] != x[order[j - 1] * stride];  // a value that two classes share tells nothing for sure
    if (cut) longest[size_t(label)] = std::max(longest[size_t(label)], int64_t(j - i));
  }
  return double(std::accumulate(longest.begin(), longest.end(), int64_t{0})) / double(order.size());
}

// |correlation| with a target.
double told_by(const float* x, int64_t stride, const float* y, int64_t width, const std::vector<int64_t>& rows) {
  double n = double(rows.size()), mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
  for (int64_t r : rows) mx += x[r * stride] / n, my += y[r * width] / n;
  for (int64_t r : rows) {
    double a = x[r * stride] - mx, b = y[r * width] - my;
    xx += a * a, yy += b * b, xy += a * b;
  }
  return xx > 0 && yy > 0 ? std::abs(xy) / std::sqrt(xx * yy) : 0;
}

void judge_leak(const Job& job, const std::vector<int64_t>& rows, std::vector<Finding>& found) {
  const Dataset& d = job.source.data;
  int64_t features = d.sample.numel();
  if (d.is_image() || d.x.dtype != DType::f32 || features < 2 || features > kMostFeatures || int64_t(rows.size()) < kLeastRows) return;
  if (d.task == Task::classes && (d.classes() < 2 || d.classes() * 10 > int64_t(rows.size()))) return;
  const float* x = d.x.as<float>();
  std::vector<int64_t> order;
  double best = 0, second = 0;
  int64_t column = 0;
  for (int64_t f = 0; f < features; ++f) {
    double told = 0;
    if (d.task == Task::classes) told = told_by(x + f, features, d, rows, order);
    else for (int64_t t = 0; t < d.target_count(); ++t) told = std::max(told, told_by(x + f, features, d.targets.data() + t, d.target_count(), rows));
    if (told > best) second = best, best = told, column = f;
    else second = std::max(second, told);
  }
  if (best < (d.task == Task::classes ? kTells : 0.9995) || second > kOthers) return;
  std::string what = d.task == Task::classes ? fmt::format("{} alone tells the class of {:.1f} % of the rows", column_name(d, column), 100 * best)
                                             : fmt::format("{} and the target are nearly the same number (correlation {:.5f})", column_name(d, column), best);
  found.push_back({"leaking_feature", false, "", place(job, "features"), 0,
                   what + ", and no other feature comes near: it may have been made from the answer, or be known only afterwards; then the scores mean nothing for new data",
                   "leave it out: data.features lists the columns to learn from"});
}

}  // namespace

std::vector<Finding> judge_data(const Job& job) {
  std::vector<Finding> found;
  std::vector<int64_t> rows = some_rows(job.source);
  if (rows.empty()) return found;
  judge_leak(job, rows, found), judge_scale(job, rows, found);
  return found;
}

}  // namespace synfire

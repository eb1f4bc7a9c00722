// Counting of what is right and how far off the rest is.
#include "synfire/train/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "synfire/base/format.h"

namespace synfire {

const std::vector<Entry>& metric_entries() {
  auto entry = [](std::string_view name, std::string_view doc) { return Entry{"metric", name, doc, __FILE__, {}}; };
  static const std::vector<Entry> entries = {
      entry("loss", "Mean over the samples of what the training makes small, without l1 and l2. Of classes and numbers."),
      entry("accuracy", "Share of the samples whose most likely class is the right one. Of classes."),
      entry("top5", "Share of the samples whose right class is among the five most likely. Of more than five classes."),
      entry("precision", "Of those predicted to be of a class, the share that is; the mean over classes, each counting the same."),
      entry("recall", "Of those that are of a class, the share predicted to be; the mean over classes, each counting the same."),
      entry("f1", "2 precision recall / (precision + recall) of each class; the mean over classes, each counting the same."),
      entry("mae", "Mean of |predicted - actual|, in the unit of the target. Of numbers."),
      entry("rmse", "Root of the mean of (predicted - actual) squared, in the unit of the target. Of numbers."),
      entry("r2", "1 - squared errors / squared differences from the mean: 1 is perfect, 0 no better than the mean. Of numbers.")};
  return entries;
}

double Metrics::value(std::string_view name) const {
  for (const auto& [n, v] : values) if (n == name) return v;
  return std::numeric_limits<double>::quiet_NaN();
}

bool Metrics::better_than(const Metrics& other) const {
  double mine = value("accuracy"), theirs = other.value("accuracy");
  if (mine != theirs && !std::isnan(mine) && !std::isnan(theirs)) return mine > theirs;
  return value("loss") < other.value("loss");
}

MetricsCounter::MetricsCounter(Task task, int64_t width) : task_(task), width_(width) {
  if (task == Task::classes) confusion_.assign(static_cast<size_t>(width * width), 0);
  else mean_.assign(static_cast<size_t>(width), 0), spread_ = mean_;
}

void MetricsCounter::add(const View& output, const View& target, double loss) {
  int64_t n = output.shape[0];
  add_loss(loss, n);
  if (task_ == Task::classes) add_classes(output.f32(), target.as<int32_t>(), n);
  else add_numbers(output.f32(), target.f32(), n);
  counted_ += n;
}

void MetricsCounter::add_classes(const float* output, const int32_t* labels, int64_t n) {
  for (int64_t i = 0; i < n; ++i, output += width_) {
    int64_t predicted = std::max_element(output, output + width_) - output, actual = labels[i];
    int64_t above = std::count_if(output, output + width_, [&](float v) { return v > output[actual]; });
    correct_ += predicted == actual, top5_ += above < 5;
    ++confusion_[static_cast<size_t>(actual * width_ + predicted)];
  }
}

void MetricsCounter::add_numbers(const float* output, const float* targets, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    for (int64_t t = 0; t < width_; ++t) {
      double target = targets[i * width_ + t], off = double(output[i * width_ + t]) - target;
      absolute_ += std::abs(off), squared_ += off * off;
      double from_mean = target - mean_[size_t(t)];
      mean_[size_t(t)] += from_mean / double(counted_ + i + 1);
      spread_[size_t(t)] += from_mean * (target - mean_[size_t(t)]);
    }
}

Metrics MetricsCounter::result() const {
  Metrics m;
  m.samples = samples_;
  m.values.emplace_back("loss", samples_ ? loss_ / double(samples_) : std::numeric_limits<double>::quiet_NaN());
  if (counted_ == 0) return m;
  double n = double(counted_);
  if (task_ == Task::numbers) {
    double numbers = n * double(width_), spread = 0;
    for (double s : spread_) spread += s;
    m.values.emplace_back("mae", absolute_ / numbers);
    m.values.emplace_back("rmse", std::sqrt(squared_ / numbers));
    m.values.emplace_back("r2", spread > 0 ? 1 - squared_ / spread : std::numeric_limits<double>::quiet_NaN());
    return m;
  }
  m.confusion = confusion_;
  double precision = 0, recall = 0, f1 = 0;  // means over the classes that occur or are predicted, as scikit-learn's macro averages
  int64_t classes = 0;
  for (int64_t c = 0; c < width_; ++c) {
    double right = double(confusion_[size_t(c * width_ + c)]), actual = 0, predicted = 0;
    for (int64_t k = 0; k < width_; ++k) actual += double(confusion_[size_t(c * width_ + k)]), predicted += double(confusion_[size_t(k * width_ + c)]);
    if (actual == 0 && predicted == 0) continue;
    ++classes;
    precision += predicted > 0 ? right / predicted : 0, recall += actual > 0 ? right / actual : 0, f1 += 2 * right / (actual + predicted);
  }
  m.values.emplace_back("accuracy", double(correct_) / n);
  if (width_ > 5) m.values.emplace_back("top5", double(top5_) / n);
  m.values.emplace_back("precision", precision / double(classes));
  m.values.emplace_back("recall", recall / double(classes));
  m.values.emplace_back("f1", f1 / double(classes));
  return m;
}

std::string json_of(const Metrics& m) {
  std::string s;
  for (const auto& [name, v] : m.values) s += fmt::format("{}\"{}\":{}", s.empty() ? "" : ",", name, std::isfinite(v) ? fmt::format("{}", v) : "null");
  return "{" + s + "}";
}

void probabilities(const float* logits, int64_t width, double* to) {
  double top = *std::max_element(logits, logits + width), sum = 0;
  for (int64_t c = 0; c < width; ++c) sum += to[c] = std::exp(logits[c] - top);
  for (int64_t c = 0; c < width; ++c) to[c] /= sum;
}

}  // namespace synfire

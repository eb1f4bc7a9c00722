// Metrics: what a network's outputs are worth. Classes: loss, accuracy, top-5, macro precision, recall and F1, the confusion
// matrix. Numbers: loss, MAE, RMSE, R². Sums are in double and in the order of the samples, so that they are exact across batches.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "synfire/base/registry.h"
#include "synfire/def/dataset.h"
#include "synfire/tensor/view.h"

namespace synfire {

struct Metrics {
  std::vector<std::pair<std::string, double>> values;  // in the order in which they are shown; "loss" is the first
  std::vector<int64_t> confusion;                      // [actual][predicted], of classes
  int64_t samples = 0;

  double value(std::string_view name) const;           // NaN when there is no such metric
  // Whether this is better than `other` for keeping: higher accuracy, then lower loss; for numbers lower loss.
  bool better_than(const Metrics& other) const;
};

class MetricsCounter {
 public:
  MetricsCounter(Task task, int64_t width);  // width: classes, or targets a sample
  // A batch: output f32 [n, width], target as the loader writes it, loss the batch's mean.
  void add(const View& output, const View& target, double loss);
  void add_loss(double loss, int64_t samples) { loss_ += loss * double(samples), samples_ += samples; }  // where only that is known
  Metrics result() const;

 private:
  void add_classes(const float* output, const int32_t* labels, int64_t n);
  void add_numbers(const float* output, const float* targets, int64_t n);

  Task task_;
  int64_t width_, samples_ = 0, counted_ = 0, correct_ = 0, top5_ = 0;
  double loss_ = 0, absolute_ = 0, squared_ = 0;
  std::vector<int64_t> confusion_;
  std::vector<double> mean_, spread_;  // of each target: running mean and sum of squared differences from it (Welford 1962)
};

// What each metric is, for list and explain: role "metric", in the order in which they are shown.
const std::vector<Entry>& metric_entries();

std::string json_of(const Metrics& m);  // {"loss":0.1,…}; what is not a finite number becomes null

// Probability of each class, from logits: softmax in double. to: [width].
void probabilities(const float* logits, int64_t width, double* to);

}  // namespace synfire

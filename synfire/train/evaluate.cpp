// The loop over batches that only looks.
#include "synfire/train/evaluate.h"

#include <algorithm>
#include <cmath>

namespace synfire {

Metrics evaluate(Model& model, const Dataset& data, const std::vector<int64_t>& rows, const Fitted& fitted, const EachBatch& each) {
  Loader loader(data, rows, fitted, {model.settings().eval_batch, false, false, 0, {}});
  MetricsCounter counter(data.task, data.task == Task::classes ? data.classes() : data.target_count());
  for (int64_t k = 0; k < loader.steps(); ++k) {
    Executable& e = model.evaluation(loader.size(k));
    loader.fill(model.pool(), 0, k, e.x, e.target);
    e.run();
    counter.add(e.output, e.target, *e.loss);
    if (each) each(loader.batch(0, k), e.output);
  }
  return counter.result();
}

double sample_loss(const Dataset& data, int64_t row, const float* output) {
  if (data.task == Task::classes) {
    std::vector<double> p(size_t(data.classes()));
    probabilities(output, data.classes(), p.data());
    return -std::log(std::max(p[size_t(data.labels[size_t(row)])], 1e-300));
  }
  double sum = 0;
  int64_t width = data.target_count();
  for (int64_t t = 0; t < width; ++t) sum += std::pow(double(output[t]) - data.targets[size_t(row * width + t)], 2);
  return sum / double(width);
}

}  // namespace synfire

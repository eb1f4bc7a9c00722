// The sweep and what is read off it.
#include "synfire/train/rate_sweep.h"

#include <algorithm>
#include <cmath>

#include "synfire/base/format.h"
#include "synfire/train/checkpoint.h"

namespace synfire {
namespace {

constexpr double kFirst = 1e-7, kLast = 1, kKept = 0.95, kTooMuch = 4;
constexpr int64_t kSteps = 200, kReach = 8;  // reach: the slope at a point is measured over as many on both sides

void read_off(RateSweep& s) {
  auto lowest = std::min_element(s.points.begin(), s.points.end(), [](const RatePoint& a, const RatePoint& b) { return a.smooth < b.smooth; });
  s.minimum = s.steepest = lowest->rate;
  double best = 0;
  int64_t end = lowest - s.points.begin() + 1;  // beyond the lowest it rises
  for (int64_t i = kReach; i + kReach < end; ++i) {
    double slope = s.points[size_t(i + kReach)].smooth - s.points[size_t(i - kReach)].smooth;
    if (slope < best) best = slope, s.steepest = s.points[size_t(i)].rate;
  }
}

}  // namespace

RateSweep sweep_rates(Job& job) {
  Model& model = *job.model;
  const TrainSettings& t = model.settings();
  Loader loader(job.source.data, job.source.split.train, job.source.fitted, job.source.training(t.batch, t.drop_last, uint64_t(t.seed)));
  RateSweep s;
  double mean = 0, best = 0;
  for (int64_t k = 0; k < kSteps; ++k) {
    int64_t epoch = k / loader.steps(), step = k % loader.steps();
    Executable& e = model.training(loader.size(step));
    if (k == 0 && !t.init_from.empty()) load_weights(t.init_from, model.store());
    loader.fill(model.pool(), epoch, step, e.x, e.target);
    double rate = kFirst * std::pow(kLast / kFirst, double(k) / double(kSteps - 1));
    *e.lr = float(rate), *e.step = float(k + 1);
    if (e.clock) *e.clock = k;
    e.run();
    double loss = *e.loss;
    mean = kKept * mean + (1 - kKept) * loss;
    double smooth = mean / (1 - std::pow(kKept, double(k + 1)));
    s.diverged = !std::isfinite(loss) || (k > 0 && smooth > kTooMuch * best);
    if (s.diverged) break;
    s.points.push_back({rate, loss, smooth});
    best = k == 0 ? smooth : std::min(best, smooth);
  }
  if (s.points.empty()) fail(Code::diverged, "the loss of the first batch is no finite number", "scale the inputs: [data] transform = [\"standardize\"]");
  read_off(s);
  return s;
}

std::string rates_csv(const RateSweep& s) {
  std::string text = "rate,loss,smoothed\n";
  for (const RatePoint& p : s.points) text += format("{:.6g},{:.6g},{:.6g}\n", p.rate, p.loss, p.smooth);
  return text;
}

}  // namespace synfire

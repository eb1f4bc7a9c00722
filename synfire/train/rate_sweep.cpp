// The sweep and what is read off it.
#include "synfire/train/rate_sweep.h"

#include <algorithm>
#include <cmath>

#include "synfire/base/format.h"
#include "synfire/train/checkpoint.h"

namespace synfire {
namespace {

constexpr double kFirst = 1e-7, kLast = 10, kKept = 0.95, kTooMuch = 4;
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
  for (const RatePoint& p : s.points) text += fmt::format("{:.6g},{:.6g},{:.6g}\n", p.rate, p.loss, p.smooth);
  return text;
}

std::string rates_svg(const RateSweep& s) {
  constexpr double kLeft = 60, kTop = 20, kWidth = 560, kHeight = 300;
  double low = s.points[0].smooth, high = low;
  for (const RatePoint& p : s.points) low = std::min(low, p.smooth), high = std::max(high, p.smooth);
  high = std::max(high, low + 1e-6);
  auto x = [&](double rate) { return kLeft + kWidth * std::log10(rate / kFirst) / std::log10(kLast / kFirst); };
  auto y = [&](double loss) { return kTop + kHeight * (1 - std::clamp((loss - low) / (high - low), -0.03, 1.03)); };
  std::string raw, smooth, text = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"650\" height=\"390\" viewBox=\"0 0 650 390\" role=\"img\" font-family=\"Helvetica,Arial,sans-serif\" font-size=\"11\">\n<title>Loss over learning rate</title>\n<rect width=\"650\" height=\"390\" fill=\"#fff\"/>\n";
  for (const RatePoint& p : s.points) raw += fmt::format("{:.1f},{:.1f} ", x(p.rate), y(p.loss)), smooth += fmt::format("{:.1f},{:.1f} ", x(p.rate), y(p.smooth));
  for (int e = -7; e <= 1; ++e)
    text += fmt::format("<path d=\"M{0:.1f} {1}V{2}\" stroke=\"#ddd\"/><text x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"middle\">1e{4}</text>\n", x(std::pow(10, e)), kTop, kTop + kHeight, kTop + kHeight + 16, e);
  for (double v : {low, (low + high) / 2, high}) text += fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{:.3g}</text>\n", kLeft - 8, y(v) + 4, v);
  text += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"#b9cfe8\"/>\n<polyline points=\"{}\" fill=\"none\" stroke=\"#24527a\" stroke-width=\"2\"/>\n", raw, smooth);
  text += fmt::format("<path d=\"M{:.1f} {}V{}\" stroke=\"#b4531f\" stroke-dasharray=\"4 3\"/><path d=\"M{:.1f} {}V{}\" stroke=\"#2c7a3f\" stroke-dasharray=\"4 3\"/>\n", x(s.steepest), kTop, kTop + kHeight, x(s.minimum / 10), kTop, kTop + kHeight);
  return text + fmt::format("<text x=\"{0}\" y=\"376\" fill=\"#b4531f\">falls fastest at {1:.1e}</text><text x=\"{2}\" y=\"376\" fill=\"#2c7a3f\">a tenth of the lowest: {3:.1e}</text><text x=\"500\" y=\"376\">loss over learning rate</text>\n</svg>\n", kLeft, s.steepest, kLeft + 180, s.minimum / 10);
}

}  // namespace synfire

// The sweep and what is read off it.
#include "synfire/train/rate_sweep.h"

#include <algorithm>
#include <cmath>

#include "synfire/base/format.h"
#include "synfire/train/checkpoint.h"

namespace synfire {
namespace {

constexpr double kFirst = 1e-7, kLast = 10;
constexpr int64_t kSteps = 200, kStart = 10;           // kStart: rates over which the first loss is taken
constexpr double kKept = 0.9, kTooMuch = 4;            // of the running mean that stops the sweep
constexpr double kAbove = 1.1, kLearned = 0.8;         // of the first loss
constexpr int kAWhile = 8;
constexpr double kNear = 0.8, kFall = 0.02;            // weight of a neighbour; a fall that counts, of the first loss
constexpr int64_t kWindow = 20, kReach = 6;            // of smoothing and of the slope, in points on both sides

// Weights fall with the distance on both sides alike. What the loss grew to in the end would drown what was before it, so it is cut.
void smooth_out(RateSweep& s) {
  int64_t n = int64_t(s.points.size());
  double most = kTooMuch * s.first;
  for (int64_t i = 0; i < n; ++i) {
    double sum = 0, weights = 0;
    int64_t reach = std::min({kWindow, i, n - 1 - i});  // as many on both sides, or the ends would be drawn inwards
    for (int64_t k = -reach; k <= reach; ++k) {
      double w = std::pow(kNear, double(std::abs(k)));
      sum += w * std::min(s.points[size_t(i + k)].loss, most), weights += w;
    }
    s.points[size_t(i)].smooth = sum / weights;
  }
}

void read_off(RateSweep& s) {
  auto end = s.points.end();
  if (s.diverged) end = std::find_if(s.points.begin(), end, [&](const RatePoint& p) { return p.rate >= s.diverged_at; });
  if (end == s.points.begin()) end = s.points.begin() + 1;
  auto lowest = std::min_element(s.points.begin(), end, [](const RatePoint& a, const RatePoint& b) { return a.smooth < b.smooth; });
  s.minimum = s.steepest = lowest->rate;
  s.fell = s.first - lowest->smooth > kFall * s.first;
  double best = 0;
  for (int64_t i = kReach, last = lowest - s.points.begin(); i + kReach <= last; ++i) {  // beyond the lowest it rises
    double slope = s.points[size_t(i + kReach)].smooth - s.points[size_t(i - kReach)].smooth;
    if (slope < best) best = slope, s.steepest = s.points[size_t(i)].rate;
  }
}

}  // namespace

bool RateCurve::add(double rate, double loss) {
  auto stop = [&](double at, std::string why) { return s_.diverged = true, s_.diverged_at = at, s_.why = std::move(why), false; };
  if (!std::isfinite(loss)) return stop(rate, "the loss was no finite number");
  s_.points.push_back({rate, loss, loss});
  double n = double(s_.points.size());
  if (n <= kStart) sum_ += loss, s_.first = sum_ / n;
  mean_ = kKept * mean_ + (1 - kKept) * loss;
  double smooth = mean_ / (1 - std::pow(kKept, n));
  best_ = n == 1 ? smooth : std::min(best_, smooth);
  bool learned = best_ < kLearned * s_.first;
  above_ = n > kStart && smooth > (learned ? 1 : kAbove) * s_.first ? above_ + 1 : 0;
  double began = s_.points[s_.points.size() - size_t(std::max(1, above_))].rate;
  if (smooth > kTooMuch * best_) return stop(began, "the loss had grown to four times its best");
  if (above_ >= kAWhile) return stop(began, fmt::format("the loss stayed above {:.3g}, which it began with", s_.first));
  return true;
}

RateSweep RateCurve::sweep() const {
  RateSweep s = s_;
  if (s.points.empty()) fail(Code::diverged, "the loss of the first batch is no finite number", "scale the inputs: [data] transform = [\"standardize\"]");
  smooth_out(s);
  read_off(s);
  return s;
}

RateSweep sweep_rates(Job& job) {
  Model& model = *job.model;
  const TrainSettings& t = model.settings();
  Loader loader(job.source.data, job.source.split.train, job.source.fitted, job.source.training(t.batch, t.drop_last, uint64_t(t.seed)));
  RateCurve curve;
  for (int64_t k = 0; k < kSteps; ++k) {
    int64_t epoch = k / loader.steps(), step = k % loader.steps();
    Executable& e = model.training(loader.size(step));
    if (k == 0 && !t.init_from.empty()) load_weights(t.init_from, model.store());
    loader.fill(model.pool(), epoch, step, e.x, e.target);
    double rate = kFirst * std::pow(kLast / kFirst, double(k) / double(kSteps - 1));
    *e.lr = float(rate), *e.step = float(k + 1);
    if (e.clock) *e.clock = k;
    e.run();
    if (!curve.add(rate, *e.loss)) break;
  }
  return curve.sweep();
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
  if (!s.fell) return text + "<text x=\"60\" y=\"376\">the loss falls at no rate</text>\n</svg>\n";
  text += fmt::format("<path d=\"M{:.1f} {}V{}\" stroke=\"#b4531f\" stroke-dasharray=\"4 3\"/><path d=\"M{:.1f} {}V{}\" stroke=\"#2c7a3f\" stroke-dasharray=\"4 3\"/>\n", x(s.steepest), kTop, kTop + kHeight, x(s.minimum / 10), kTop, kTop + kHeight);
  return text + fmt::format("<text x=\"{0}\" y=\"376\" fill=\"#b4531f\">falls fastest at {1:.1e}</text><text x=\"{2}\" y=\"376\" fill=\"#2c7a3f\">a tenth of the lowest: {3:.1e}</text><text x=\"500\" y=\"376\">loss over learning rate</text>\n</svg>\n", kLeft, s.steepest, kLeft + 180, s.minimum / 10);
}

}  // namespace synfire

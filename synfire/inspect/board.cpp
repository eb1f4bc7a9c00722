// Tags and values of the event file.
#include "synfire/inspect/board.h"

#include <algorithm>

#include "synfire/base/format.h"
#include "synfire/inspect/pictures.h"
#include "synfire/interop/csv.h"
#include "synfire/interop/png_write.h"

namespace synfire {
namespace {

constexpr size_t kWorst = 12;

void add(EventFile& file, const std::string& tag, double v) {
  if (std::isfinite(v)) file.scalar(tag, float(v));
}

void add(EventFile& file, const std::string& tag, const Histogram& h) {
  if (h.counts.empty()) return;
  std::vector<double> limits, counts;
  double total = 0, n = double(h.counts.size());
  for (size_t i = 0; i < h.counts.size(); ++i) limits.push_back(h.min + (h.max - h.min) * double(i + 1) / n), counts.push_back(double(h.counts[i])), total += double(h.counts[i]);
  limits.back() = h.max;
  file.histogram(tag, {h.min, h.max, total, h.sum, h.squares, limits, counts});
}

void add(EventFile& file, const std::string& tag, const Picture& p) { file.image(tag, p.height, p.width, p.channels, encode_png(p.pixels, p.height, p.width, p.channels)); }

}  // namespace

Board::Board(const Job& job, const std::string& folder, int64_t done) : job_(job), file_(folder, done > 0 ? done + 1 : 0) {}

// The rate only where it changes: TensorBoard draws a line between points anyway.
void Board::step(const StepReport& r) {
  file_.begin(r.step);
  file_.scalar("train/loss", float(r.loss));
  if (r.rate != rate_) file_.scalar("train/learning_rate", float(r.rate)), rate_ = r.rate;
  file_.end();
}

void Board::measured(const Measurement& m) {
  file_.begin(m.step);
  for (const LayerHealth& l : m.layers) {
    add(file_, "grad_norm/" + l.name, l.gradient_norm), add(file_, "update_ratio/" + l.name, l.update_ratio), add(file_, "weight_norm/" + l.name, l.weight_norm);
    add(file_, "activation_mean/" + l.name, l.mean), add(file_, "activation_std/" + l.name, l.deviation);
    add(file_, "dead_units/" + l.name, l.dead), add(file_, "saturated_units/" + l.name, l.saturated);
    add(file_, "weights/" + l.name, l.weight_counts), add(file_, "gradients/" + l.name, l.gradient_counts), add(file_, "activations/" + l.name, l.activation_counts);
  }
  file_.end();
}

void Board::epoch(const EpochReport& r) {
  file_.begin(r.step);
  for (const auto& [name, v] : r.train.values) add(file_, "epoch/train_" + name, v);
  for (const auto& [name, v] : r.validation.values) add(file_, "validation/" + name, v);
  file_.scalar("epoch/number", float(r.epoch));
  file_.end();
}

void Board::filters(int64_t step) {
  std::optional<Picture> p = picture_of_filters(job_);
  if (!p) return;
  file_.begin(step);
  add(file_, "filters/first_layer", *p);
  file_.end();
}

void Board::worst(const std::string& predictions, int64_t step) {
  const Dataset& d = job_.source.data;
  if (d.task != Task::classes || !picture_of_sample(d, 0)) return;
  Csv csv = Csv::read(predictions, {',', Csv::Header::yes});
  std::vector<std::pair<double, int64_t>> all;  // loss, line
  auto loss_name = std::find(csv.names().begin(), csv.names().end(), "loss");
  int64_t last = loss_name - csv.names().begin();
  if (last == csv.columns()) return;
  for (int64_t k = 0; k < csv.rows(); ++k)
    if (std::optional<double> loss = csv.number(k, last)) all.emplace_back(*loss, k);
  size_t n = std::min(kWorst, all.size());
  std::partial_sort(all.begin(), all.begin() + long(n), all.end(), [](const auto& a, const auto& b) { return a.first > b.first || (a.first == b.first && a.second < b.second); });
  file_.begin(step);
  for (size_t i = 0; i < n; ++i) {
    int64_t line = all[i].second;
    std::optional<double> row = csv.number(line, 0);
    std::optional<Picture> p = row ? picture_of_sample(d, int64_t(*row)) : std::nullopt;
    if (p) add(file_, fmt::format("worst/{:02} {}: {} taken for {}", i + 1, d.files.empty() ? fmt::format("row {}", int64_t(*row) + 1) : d.files[size_t(*row)], csv.cell(line, 1), csv.cell(line, 2)), *p);
  }
  file_.end();
}

}  // namespace synfire

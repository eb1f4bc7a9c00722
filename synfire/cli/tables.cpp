// Tables in plain text.
#include "synfire/cli/tables.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "synfire/base/format.h"
#include "synfire/base/process.h"
#include "synfire/base/utf8.h"
#include "synfire/cli/command.h"
#include "synfire/tensor/level.h"

namespace synfire::cli {
namespace {

using Row = std::vector<std::string>;

std::string table_of(const std::vector<Row>& rows, const std::vector<bool>& right) {
  std::vector<size_t> width(rows[0].size(), 0);
  for (const Row& r : rows) for (size_t i = 0; i < r.size(); ++i) width[i] = std::max(width[i], r[i].size());
  std::string s;
  for (const Row& r : rows) {
    std::string line = " ";
    for (size_t i = 0; i < r.size(); ++i) line += right[i] ? fmt::format(" {:>{}}", r[i], width[i]) : fmt::format(" {:<{}}", r[i], width[i]);
    while (line.ends_with(' ')) line.pop_back();
    s += line + "\n";
  }
  return s;
}

std::string batchless(const Shape& s) { return s.slice(1, s.rank()).str(); }

}  // namespace

std::string level_name() {
  std::string level = synfire::level_name();
  return level == "x86-64" ? "baseline x86-64" : level;
}

std::string data_table(const Source& s, const std::vector<std::string>& warnings) {
  const Dataset& d = s.data;
  std::string text = fmt::format("data      {}: {} samples of {}", d.name, d.rows(), d.sample.str());
  if (d.task == Task::classes) {
    std::vector<int64_t> counts(size_t(d.classes()));
    for (int32_t l : d.labels) ++counts[size_t(l)];
    auto [low, high] = std::minmax_element(counts.begin(), counts.end());
    text += fmt::format(", {} classes of {} to {}", d.classes(), *low, *high);
  } else {
    text += fmt::format(", {} number{} to predict", d.target_count(), d.target_count() == 1 ? "" : "s");
  }
  text += fmt::format(", {}\n", in_bytes(double(d.x.bytes.size())));
  text += fmt::format("split     {} to train, {} to validate, {} to test\n", s.split.train.size(), s.split.validation.size(), s.split.test.size());
  for (const std::string& note : d.notes) text += fmt::format("note      {}\n", printable(note));
  for (const std::string& w : warnings) text += fmt::format("warning   {}\n", printable(w));
  return text;
}

std::string model_table(const std::vector<LayerRow>& rows, int64_t parameters) {
  std::vector<Row> table{{"layer", "kind", "output", "parameters", "MACs"}};
  double macs = 0;
  for (const LayerRow& r : rows) {
    table.push_back({r.name, r.kind, batchless(r.output), r.parameters ? in_units(double(r.parameters)) : "", r.macs > 0 ? in_units(r.macs) : ""});
    macs += r.macs;
  }
  table.push_back({"total", "", "", in_units(double(parameters)), in_units(macs)});
  return table_of(table, {false, false, false, true, true});
}

constexpr double kLooking = 1e6;  // bytes: measurements, buffers of health.jsonl and event file, pictures, pages of the library that writes them

MemoryEstimate estimate_memory(Job& job) {
  MemoryEstimate m{};
  Model& model = *job.model;
  const TrainSettings& t = model.settings();
  const Split& split = job.source.split;
  m.before = resident_bytes(), m.data = double(job.source.data.x.bytes.size());
  auto make = [](int64_t rows, int64_t batch, bool last, const auto& plan) {  // the plans that `rows` in batches take
    if (rows >= batch) plan(batch);
    if (last && rows % batch > 0) plan(rows % batch);
  };
  int64_t train = int64_t(split.train.size()), per_epoch = (train + t.batch - 1) / t.batch;
  if (t.health && train > 0) model.measuring(std::min<int64_t>(train, t.batch));
  make(train, t.batch, !t.drop_last && (t.max_steps == 0 || t.max_steps >= per_epoch), [&](int64_t n) { model.training(n); });
  for (const auto* rows : {&split.validation, &split.test}) make(int64_t(rows->size()), t.eval_batch, true, [&](int64_t n) { model.evaluation(n); });
  m.model = double(model.store().bytes()), m.plans = double(model.bytes()) - m.model;
  int64_t largest = 0, weights = 0;
  for (const auto& s : model.store().states()) {
    int64_t bytes = s->type.shape.numel() * size_of(s->type.dtype);
    largest = std::max(largest, bytes), weights += s->name.starts_with(kSlotPrefix) ? 0 : bytes;
  }
  // Saving: a copy of all numbers, with one tensor on its way into it. Afterwards the best weights are read: the file and what it holds.
  m.checkpoint = std::max(m.model + double(largest), 2.0 * double(weights));
  double looking = t.health || t.tensorboard ? kLooking : 0;
  // The report at the end: its samples and page as text, and the log of every step.
  double report = 2e6 + 100.0 * double(t.max_steps > 0 ? t.max_steps : t.epochs * per_epoch);
  m.peak = std::max(peak_resident_bytes(), m.before + m.model + m.plans + std::max(m.checkpoint, report) + looking);
  return m;
}

}  // namespace synfire::cli

// When to measure, and what becomes of it.
#include "synfire/inspect/inspector.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "synfire/base/atomic_file.h"

namespace synfire {
namespace {

constexpr int64_t kFewest = 30, kMost = 100, kApart = 50;  // measured steps of a run; steps between them where it has enough
constexpr int64_t kWithHistograms = 5;                     // every so many measurements
constexpr int64_t kFilterPictures = 4, kVerdicts = 10;     // of a run, while it lasts
constexpr double kFlushGap = 2;                            // s

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

Inspector::Inspector(Job& job, const RunFolder& folder, std::function<void(const Finding&)> tell)
    : job_(job), folder_(folder), tell_(std::move(tell)), health_(job.model->settings().health) {}

void Inspector::begin(const RunShape& shape) {
  shape_ = shape, at_ = shape.done;
  if (job_.model->settings().tensorboard) board_.emplace(job_, folder_.path(), shape.done);
  if (board_ && shape.done == 0) board_->filters(0);
  if (!health_) return;
  every_ = std::max<int64_t>(1, shape.steps / std::clamp(shape.steps / kApart, kFewest, kMost));
  measured_.clear(), loss_ = 0, losses_ = 0;
  log_ = HealthLog(folder_.file("health.jsonl"), shape.done, measured_);
  epochs_ = shape.done > 0 ? read_epochs(folder_.file("metrics.jsonl")) : std::vector<Epoch>{};
  size_t layers = job_.model->net().layers.size();
  std::erase_if(measured_, [&](const Measurement& m) { return m.layers.size() != layers; });
  measurer_ = std::make_unique<Measurer>(*job_.model, job_.model->measuring(shape.batch));
  data_ = judge_data(job_);
  if (shape.done == 0) for (const Finding& f : data_) tell_(at_model_file(f));
}

bool Inspector::wants(int64_t step) { return health_ && step % every_ == 0; }

void Inspector::before() { measurer_->before(); }

void Inspector::step(const StepReport& r, const Executable* e) {
  at_ = r.step;
  if (board_) board_->step(r);
  if (!health_) return;
  loss_ += r.loss, ++losses_;
  if (!e) return;
  Measurement m = measurer_->measure(*e, (r.step - 1) / every_ % kWithHistograms == 0);
  m.step = r.step, m.epoch = r.epoch, m.loss = loss_ / double(losses_), m.rate = r.rate;
  loss_ = 0, losses_ = 0;
  log_.add(m);
  if (board_) board_->measured(m);
  for (LayerHealth& l : m.layers) l.weight_counts = l.gradient_counts = l.activation_counts = {};
  measured_.push_back(std::move(m));
  if (now() - flushed_ > kFlushGap) flush();
  if (measured_.size() == 1) at_once(judge_start({job_, measured_, {}, {}, shape_.steps}));
}

void Inspector::epoch(const EpochReport& r) {
  validation_ = r.validation;
  epochs_.push_back({r.step, r.train.value("loss"), r.validation.value("loss"), r.validation.value("accuracy")});
  auto due = [&](int64_t times) { return r.epoch % std::max<int64_t>(1, r.epochs / times) == 0; };
  if (board_) board_->epoch(r);
  if (board_ && due(kFilterPictures)) board_->filters(r.step);
  if (now() - flushed_ > kFlushGap) flush();
  if (health_ && due(kVerdicts) && 3 * r.step >= shape_.steps) at_once(judge_course({job_, measured_, epochs_, validation_, shape_.steps}));
}

// A sync would cost milliseconds; when the power goes, some lines may be lost and nothing else.
void Inspector::flush() {
  if (measurer_) log_.flush();  // nothing is open before begin
  if (board_) board_->flush();
  flushed_ = now();
}

// A run that was gone on with has its settings from run.json, one long line: whoever reads a finding wants the file that it was made from.
Finding Inspector::at_model_file(Finding f) const {
  if (!f.where.file.ends_with("run.json")) return f;
  for (const char* name : {"model.toml", "model.json"}) {
    std::error_code error;
    if (std::filesystem::exists(folder_.file(name), error)) f.where = {folder_.file(name)};
  }
  return f;
}

void Inspector::at_once(const std::vector<Finding>& found) {
  for (const Finding& f : found) {
    std::string key = f.name + " " + f.layer;
    if (!f.severe || std::find(told_.begin(), told_.end(), key) != told_.end()) continue;
    told_.push_back(key);
    tell_(at_model_file(f));
  }
}

void Inspector::saved() { flush(); }

void Inspector::worst(const std::string& predictions) {
  if (board_) board_->worst(predictions, at_), board_->flush();
}

const std::vector<Finding>& Inspector::conclude(bool diverged) {
  all_ = data_;
  flush();
  if (!health_) return all_;
  std::vector<Finding> course = judge_course({job_, measured_, epochs_, validation_, shape_.steps, diverged, at_});
  all_.insert(all_.end(), course.begin(), course.end());
  for (Finding& f : all_) f = at_model_file(std::move(f));
  write_file(folder_.file("health.json"), json_of(all_));
  return all_;
}

}  // namespace synfire

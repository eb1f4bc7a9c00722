// The training loop.
#include "synfire/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "synfire/base/checked.h"
#include "synfire/base/format.h"
#include "synfire/def/schedule.h"

namespace synfire {
namespace {

constexpr double kEpochGap = 1;  // s: the end of an epoch is saved when the last checkpoint is at least that old

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// A column a metric; a value that was not measured stays empty.
std::string csv_of(const Metrics& m, std::span<const std::string> names) {
  std::string s;
  for (const std::string& name : names) s += std::isnan(m.value(name)) ? "," : fmt::format(",{}", m.value(name));
  return s;
}

std::vector<std::string> metric_names(Task task, int64_t width) {
  if (task == Task::numbers) return {"loss", "mae", "rmse", "r2"};
  if (width > 5) return {"loss", "accuracy", "top5", "precision", "recall", "f1"};
  return {"loss", "accuracy", "precision", "recall", "f1"};
}

std::string listed(std::span<const int64_t> rows) {
  std::string s;
  for (size_t i = 0; i < rows.size() && i < 5; ++i) s += fmt::format("{}{}", i ? ", " : "", rows[i]);
  return rows.size() > 5 ? s + " …" : s;
}

}  // namespace

Trainer::Trainer(Model& model, const Source& source, const RunFolder& folder, Events events, Observer* observer)
    : model_(model), source_(source), folder_(folder), events_(std::move(events)), observer_(observer),
      loader_(source.data, source.split.train, source.fitted,
              source.training(model.settings().batch, model.settings().drop_last, static_cast<uint64_t>(model.settings().seed))) {
  const TrainSettings& s = model.settings();
  per_epoch_ = loader_.steps();
  total_ = checked_mul(per_epoch_, s.epochs);
  if (s.max_steps > 0) total_ = std::min<int64_t>(total_, s.max_steps);
  session_start_ = last_saved_ = now();
}

// Numbers that a run begins with, or goes on with, in a model of its kind.
Cursor Trainer::start(Model& model, const std::optional<std::string>& checkpoint) const {
  if (observer_ && observer_->measures() && &model == &model_) model.measuring(loader_.size(0));
  model.training(loader_.size(0));  // binds all states
  if (!checkpoint) {
    const std::string& from = model.settings().init_from;
    if (!from.empty()) load_weights(from, model.store());
    Cursor cursor;
    cursor.per_epoch = per_epoch_;
    return cursor;
  }
  Fitted fitted = source_.fitted;
  Cursor cursor = load_checkpoint(*checkpoint, model.store(), fitted, true);
  if (!(fitted == source_.fitted)) fail(Code::data, Where{*checkpoint}, "its transforms were fitted to other data than those that are there now", "put the old data back, or train anew with train.init_from");
  return cursor;
}

void Trainer::begin() {
  cursor_ = start(model_, std::nullopt);
  jsonl_ = LineWriter(folder_.file("metrics.jsonl"), 0), csv_ = LineWriter(folder_.file("metrics.csv"), 0);
  std::string header = "epoch,step,rate,seconds,train_loss,train_accuracy";
  for (const std::string& name : metric_names(source_.data.task, source_.data.classes())) header += ",validation_" + name;
  csv_.line(header);
  if (model_.settings().save_initial) save_checkpoint(folder_.file("checkpoints/initial"), take_snapshot(model_.store(), source_.fitted, cursor_, true));
}

void Trainer::resume(bool longer) {
  std::optional<std::string> last = find_checkpoint(folder_.file("checkpoints/last"));
  if (!last) return begin();
  cursor_ = start(model_, last), origin_ = *last;
  if (cursor_.per_epoch != per_epoch_)
    fail(Code::usage, Where{folder_.path()}, fmt::format("an epoch had {} steps until now and would have {}", cursor_.per_epoch, per_epoch_), "keep batch, split and data of the run, or train anew with train.init_from");
  if (longer && cursor_.step >= total_)
    fail(Code::usage, Where{folder_.path()}, fmt::format("the run has done {} steps, and {} are asked for", cursor_.step, total_),
         total_ < checked_mul(per_epoch_, model_.settings().epochs) ? "train.max_steps ends it; 0 takes the limit away" : "--epochs +N trains N epochs more");
  jsonl_ = LineWriter(folder_.file("metrics.jsonl"), cursor_.jsonl_bytes), csv_ = LineWriter(folder_.file("metrics.csv"), cursor_.csv_bytes);
  if (longer) cursor_.worse_epochs = 0, save();
}

double Trainer::rate(int64_t step) const {
  const Net& net = model_.net();
  const ScheduleDef* schedule = Registry<ScheduleDef>::find(net.schedule.kind);
  double rate = net.optimizer.attrs.real("lr") * schedule->at({step, total_, per_epoch_}, net.schedule.attrs);
  int64_t warmup = model_.settings().warmup;
  return step < warmup ? rate * double(step + 1) / double(warmup) : rate;
}

Executable& Trainer::step(Model& model, int64_t step, Look look) const {
  int64_t epoch = step / per_epoch_, k = step % per_epoch_, size = loader_.size(k);
  Executable& e = look == Look::check ? model.checking(size) : look == Look::measure ? model.measuring(size) : model.training(size);
  loader_.fill(model.pool(), epoch, k, e.x, e.target);
  *e.lr = float(rate(step)), *e.step = float(step + 1);
  if (e.clock) *e.clock = step;
  e.run();
  return e;
}

bool Trainer::wanted(int64_t step) const { return observer_ && loader_.size(step % per_epoch_) == loader_.size(0) && observer_->wants(step); }

void Trainer::count(const Executable& e) {
  cursor_.epoch_loss += double(*e.loss) * double(e.batch), cursor_.epoch_samples += e.batch;
  if (!e.output.data || source_.data.task != Task::classes) return;
  const float* logits = e.output.f32();
  int64_t width = e.output.shape[1];
  for (int64_t i = 0; i < e.batch; ++i, logits += width)
    cursor_.epoch_correct += std::max_element(logits, logits + width) - logits == e.target.as<int32_t>()[i];
}

void Trainer::log_step(const Executable& e) {
  char line[160];
  auto end = fmt::format_to_n(line, sizeof line, "{{\"step\":{},\"epoch\":{},\"loss\":{},\"lr\":{}}}", cursor_.step, (cursor_.step - 1) / per_epoch_ + 1, *e.loss, *e.lr);
  jsonl_.line({line, end.size});
}

// Of the last whole epoch; before its end, of the one under way.
Metrics Trainer::training_metrics() const {
  Metrics m;
  if (cursor_.step < per_epoch_ && cursor_.epoch_samples > 0) m.values.emplace_back("loss", cursor_.epoch_loss / double(cursor_.epoch_samples));
  if (cursor_.step < per_epoch_) return m;
  m.values.emplace_back("loss", cursor_.train_loss);
  if (cursor_.train_accuracy >= 0) m.values.emplace_back("accuracy", cursor_.train_accuracy);
  return m;
}

// Validation, logs, and whether this is the best so far. cursor_.step is the number of steps done.
void Trainer::end_epoch() {
  double samples = double(cursor_.epoch_samples);
  cursor_.train_loss = cursor_.epoch_loss / samples;
  if (model_.settings().track_training && source_.data.task == Task::classes) cursor_.train_accuracy = double(cursor_.epoch_correct) / samples;
  if (cursor_.step % per_epoch_ == 0) cursor_.epoch_loss = 0, cursor_.epoch_samples = cursor_.epoch_correct = 0;
  EpochReport r{cursor_.step, (cursor_.step - 1) / per_epoch_ + 1, model_.settings().epochs, 0, rate(cursor_.step - 1), training_metrics(), {}, false};
  if (!source_.split.validation.empty()) judge(r);
  r.seconds = cursor_.seconds + now() - session_start_;
  jsonl_.line(fmt::format("{{\"step\":{},\"epoch\":{},\"train\":{},\"validation\":{},\"best\":{}}}", r.step, r.epoch, json_of(r.train), json_of(r.validation), r.best));
  csv_.line(fmt::format("{},{},{},{:.3f},{},{}{}", r.epoch, r.step, r.rate, r.seconds, cursor_.train_loss,
                   cursor_.train_accuracy >= 0 ? fmt::format("{}", cursor_.train_accuracy) : "",
                   csv_of(r.validation, metric_names(source_.data.task, source_.data.classes()))));
  jsonl_.flush(), csv_.flush();
  if (events_.epoch) events_.epoch(r);
  if (observer_) observer_->epoch(r);
}

// Validation. A result that is no finite number is never the best one.
void Trainer::judge(EpochReport& r) {
  r.validation = evaluate(model_, source_.data, source_.split.validation, source_.fitted);
  bool classes = source_.data.task == Task::classes;
  Metrics before;
  before.values = {{"loss", cursor_.best_loss}};
  if (classes) before.values.emplace_back("accuracy", cursor_.best_accuracy);
  r.best = std::isfinite(r.validation.value("loss")) && (cursor_.best_step < 0 || r.validation.better_than(before));
  if (r.best) cursor_.worse_epochs = 0;
  else if (cursor_.step % per_epoch_ == 0) ++cursor_.worse_epochs;  // max_steps may end a run inside an epoch, which then is none
  if (!r.best) return;
  cursor_.best_step = cursor_.step, cursor_.best_loss = r.validation.value("loss");
  if (classes) cursor_.best_accuracy = r.validation.value("accuracy");
  best_.reset();
  best_ = take_snapshot(model_.store(), source_.fitted, cursor_, false);
  if (!all_finite(*best_)) diverged(cursor_.step - 1, cursor_.train_loss);
}

bool Trainer::impatient() const { return model_.settings().patience > 0 && cursor_.worse_epochs >= model_.settings().patience; }

bool Trainer::due() const {
  const TrainSettings& s = model_.settings();
  double gap = now() - last_saved_;
  if (s.checkpoint_every > 0) return cursor_.step % s.checkpoint_every == 0;
  return (s.checkpoint_seconds > 0 && gap >= s.checkpoint_seconds) || (cursor_.step % per_epoch_ == 0 && gap >= kEpochGap);
}

// The best weights first: whoever resumes from `last` finds the best that `last` knows of.
void Trainer::save() {
  folder_.make_durable();
  jsonl_.sync(), csv_.sync();
  if (observer_) observer_->saved();
  Cursor cursor = cursor_;
  cursor.seconds += now() - session_start_;
  cursor.jsonl_bytes = jsonl_.size(), cursor.csv_bytes = csv_.size();
  if (best_) save_checkpoint(folder_.file("checkpoints/best"), *best_);
  best_.reset();  // before the next copy is made
  Snapshot last = take_snapshot(model_.store(), source_.fitted, cursor, true);
  if (!all_finite(last)) diverged(cursor_.step - 1, cursor_.train_loss);
  save_checkpoint(folder_.file("checkpoints/last"), last);
  last_saved_ = now();
}

Outcome Trainer::run(const std::atomic<bool>& stop) {
  session_start_ = last_saved_ = now();
  if (observer_) observer_->begin({cursor_.step, total_, per_epoch_, loader_.size(0)});
  bool early = impatient();  // a run that was killed after its last step only has to be concluded
  while (cursor_.step < total_ && !early) {
    if (stop.load(std::memory_order_relaxed)) return finish(true, false);
    bool look = wanted(cursor_.step);
    if (look) observer_->before();
    const Executable& e = step(model_, cursor_.step, look ? Look::measure : Look::plain);
    StepReport report{cursor_.step + 1, total_, cursor_.step / per_epoch_ + 1, model_.settings().epochs, *e.loss, *e.lr};
    if (observer_) observer_->step(report, look ? &e : nullptr);
    if (!std::isfinite(*e.loss) || !e.plan.finite()) diverged(cursor_.step, *e.loss);
    ++cursor_.step;
    count(e);
    log_step(e);
    if (events_.step) events_.step(report);
    if (cursor_.step % per_epoch_ == 0 || cursor_.step == total_) {
      end_epoch();
      early = impatient();
    }
    if (cursor_.step < total_ && !early && due()) save();
  }
  return finish(false, early);
}

Outcome Trainer::finish(bool interrupted, bool early) {
  save();
  Outcome o{interrupted, early, cursor_.step, (cursor_.step + per_epoch_ - 1) / per_epoch_, cursor_.seconds + now() - session_start_, training_metrics(), {}, {}, false};
  if (interrupted) return o;
  if (std::optional<std::string> best; model_.settings().test_best && cursor_.best_step >= 0 && cursor_.best_step != cursor_.step && (best = find_checkpoint(folder_.file("checkpoints/best"), cursor_.best_step))) {
    Fitted fitted = source_.fitted;
    load_checkpoint(*best, model_.store(), fitted, false);
    o.of_best = true;
  }
  if (!source_.split.validation.empty()) o.validation = evaluate(model_, source_.data, source_.split.validation, source_.fitted);
  return o;
}

// The step that went wrong is run again from the last checkpoint, op by op, to say what gave the first bad number; kept: what there is to go
// on from. A checkpoint that cannot be read must not hide what happened.
std::string Trainer::culprit(int64_t bad, std::string& kept) const {
  kept = "no checkpoint had been made yet";
  try {
    Model again(model_.net(), model_.data(), model_.settings(), model_.pool());
    std::optional<std::string> last = find_checkpoint(folder_.file("checkpoints/last"));
    Cursor from = start(again, last);
    if (last) kept = fmt::format("the checkpoint of step {} is kept in {}", from.step, *last);
    for (int64_t k = from.step; k < bad; ++k) step(again, k, Look::plain);
    const Executable& e = step(again, bad, Look::check);
    const NotFinite* n = e.plan.not_finite();
    if (!n) return "; run again from there it gives no bad number, so the memory of this machine may be at fault";
    return fmt::format(": the first bad number comes from {}{}", n->op, n->scope.empty() ? "" : fmt::format(" in \"{}\"", n->scope));
  } catch (const Failure& f) {
    return fmt::format("; it cannot be run again to find the cause: {}", f.errors().front().message);
  }
}

void Trainer::diverged(int64_t bad, double loss) {
  std::string what = std::isnan(loss) ? "the loss is NaN" : std::isinf(loss) ? "the loss is infinite" : "a parameter or optimizer slot is no finite number any more";
  std::string kept, cause = culprit(bad, kept), rows = listed(loader_.batch(bad / per_epoch_, bad % per_epoch_));
  fail(Code::diverged, {folder_.path()}, fmt::format("step {} (epoch {}, rows {}): {}{}", bad + 1, bad / per_epoch_ + 1, rows, what, cause),
       fmt::format("a lower train.optimizer.lr (it is {}) or train.clip_norm=1 helps most often; {}", model_.net().optimizer.attrs.real("lr"), kept));
}

}  // namespace synfire

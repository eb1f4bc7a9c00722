// Trainer: runs a model over its data, step by step and epoch by epoch, keeps the logs and checkpoints of a run folder, and goes on
// from any of them with the same bits. What it is asked to do next depends on the number of the step alone.
#pragma once
#include <atomic>
#include <functional>

#include "synfire/base/line_writer.h"
#include "synfire/train/checkpoint.h"
#include "synfire/train/evaluate.h"
#include "synfire/train/observer.h"
#include "synfire/train/run_folder.h"

namespace synfire {

struct Events {  // what a trainer tells while it works; all may be empty
  std::function<void(const StepReport&)> step;
  std::function<void(const EpochReport&)> epoch;
};

struct Outcome {
  bool interrupted = false, stopped_early = false;
  int64_t steps = 0, epochs = 0;    // epochs begun
  double seconds = 0;               // of training, with validation and checkpoints, over all sessions
  Metrics train, validation, test;  // train: means over the last epoch's batches; the others by the weights that are kept
  bool of_best = false;             // they are the best of the run, not the last
};

class Trainer {
 public:
  Trainer(Model& model, const Source& source, const RunFolder& folder, Events events, Observer* observer = nullptr);

  void begin();   // a fresh run: first weights, logs. Throws Failure when init_from does not fit
  // From the last checkpoint, or from the beginning where none was made yet. longer: a finished run is given more to do, and its patience
  // anew. Failure(usage) when nothing is left to do or an epoch has other steps than before.
  void resume(bool longer = false);
  int64_t steps() const { return total_; }
  const Cursor& cursor() const { return cursor_; }
  const std::string& origin() const { return origin_; }  // the checkpoint that it went on from; empty for a fresh run

  // Until the end, or until `stop` is set: then the step under way is finished and saved. Failure(diverged) when a number is not finite.
  Outcome run(const std::atomic<bool>& stop);

 private:
  Cursor start(Model& model, const std::optional<std::string>& checkpoint) const;
  double rate(int64_t step) const;
  enum class Look { plain, check, measure };  // at what a step does: see Model
  Executable& step(Model& model, int64_t step, Look look) const;
  bool wanted(int64_t step) const;
  void count(const Executable& e);
  void log_step(const Executable& e);
  void end_epoch();
  bool due() const;
  void save();
  void judge(EpochReport& r);
  Metrics training_metrics() const;
  bool impatient() const;
  std::string culprit(int64_t bad, std::string& kept) const;
  Outcome finish(bool interrupted, bool early);
  [[noreturn]] void diverged(int64_t step, double loss);

  Model& model_;
  const Source& source_;
  const RunFolder& folder_;
  Events events_;
  Observer* observer_;
  mutable Loader loader_;
  Fitted fitted_;
  int64_t per_epoch_, total_;
  Cursor cursor_;
  std::string origin_;
  LineWriter jsonl_, csv_;
  std::optional<Snapshot> best_;               // not saved yet
  double session_start_ = 0, last_saved_ = 0;  // seconds of a steady clock
};

}  // namespace synfire

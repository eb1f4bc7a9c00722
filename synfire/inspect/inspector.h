// Inspector: looks on while a trainer works. It measures some of the steps, keeps health.jsonl and health.json, and says what is wrong
// with the training, severe things at once; it also writes the event file for TensorBoard. Which steps are measured depends on their numbers alone.
#pragma once
#include <functional>
#include <optional>

#include "synfire/inspect/board.h"
#include "synfire/inspect/findings.h"
#include "synfire/inspect/health_log.h"
#include "synfire/train/observer.h"

namespace synfire {

class Inspector : public Observer {
 public:
  // tell: gets what is severe as soon as it is seen. Job and folder must stay. [train] health and tensorboard say what is done.
  Inspector(Job& job, const RunFolder& folder, std::function<void(const Finding&)> tell);

  bool measures() const override { return health_; }
  void begin(const RunShape& shape) override;
  bool wants(int64_t step) override;
  void before() override;
  void step(const StepReport& r, const Executable* measured) override;
  void epoch(const EpochReport& r) override;
  void saved() override;

  // When the training is over, or has failed: judges the whole run and writes health.json.
  const std::vector<Finding>& conclude(bool diverged);
  void worst(const std::string& predictions);  // after it: the worst samples of a predictions.csv, for TensorBoard
  const std::vector<Measurement>& measurements() const { return measured_; }  // without histograms

 private:
  void at_once(const std::vector<Finding>& found);
  void flush();
  Finding at_model_file(Finding f) const;

  Job& job_;
  const RunFolder& folder_;
  std::function<void(const Finding&)> tell_;
  bool health_;
  int64_t every_ = 1, at_ = 0;  // steps between measurements; the step under way, from 1
  RunShape shape_{};
  std::unique_ptr<Measurer> measurer_;
  HealthLog log_;
  std::optional<Board> board_;
  std::vector<Measurement> measured_;
  std::vector<Epoch> epochs_;
  Metrics validation_;
  double flushed_ = 0;          // seconds of a steady clock
  double loss_ = 0;             // sum over the steps since the last measurement
  int64_t losses_ = 0;
  std::vector<Finding> data_, all_;
  std::vector<std::string> told_;
};

}  // namespace synfire

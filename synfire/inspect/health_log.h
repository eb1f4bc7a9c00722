// HealthLog: health.jsonl of a run folder, a line a measured step, for the report and for people's scripts. A resumed run goes on
// with it: lines beyond its checkpoint are cut off, the others are read again, since findings are judged over the whole run.
#pragma once
#include "synfire/base/line_writer.h"
#include "synfire/inspect/measure.h"

namespace synfire {

// {"step":N,"epoch":E,"loss":x,"lr":x,"window":N,"input":{"mean":x,"std":x,"min":x,"max":x},"top_predicted":x,"top_actual":x,
//  "layers":[{"name":"conv1","kind":"conv2d","parameters":N,"weight_norm":x,"grad_norm":x,"update_ratio":x,"activation_mean":x,
//  "activation_std":x,"dead":x,"saturated":x,"weights":{"min":a,"max":b,"counts":[…]},"gradients":{…},"activations":{…}}]}
// What was not measured is null; histograms are there on some lines only.
std::string json_of(const Measurement& m);
// The other way round, histograms left out. False when the line is none.
bool measurement_of(std::string_view line, Measurement& m);

// How an epoch ended, as metrics.jsonl has it; NaN where there is no validation.
struct Epoch { int64_t step; double train_loss, validation_loss, accuracy; };
std::vector<Epoch> read_epochs(const std::string& metrics_jsonl);  // none when the file is not there; lines that are none are passed over

class HealthLog {
 public:
  HealthLog() = default;
  // done: steps that the run has behind it; old: what was measured of them, without histograms. Failure(io).
  HealthLog(const std::string& path, int64_t done, std::vector<Measurement>& old);
  void add(const Measurement& m) { writer_.line(json_of(m)); }
  void flush() { writer_.flush(); }

 private:
  LineWriter writer_;
};

}  // namespace synfire

// Board: what TensorBoard shows of a run: every point of loss and rate, validation, health by layer with histograms, first-layer filters
// and the worst samples as pictures. A resumed run opens a further file.
#pragma once
#include "synfire/inspect/measure.h"
#include "synfire/interop/tfevents.h"
#include "synfire/train/job.h"
#include "synfire/train/observer.h"

namespace synfire {

class Board {
 public:
  Board(const Job& job, const std::string& folder, int64_t done);  // Failure(io)
  void step(const StepReport& r);
  void measured(const Measurement& m);
  void epoch(const EpochReport& r);
  void filters(int64_t step);                                        // as they are now; nothing where the first layer has none that can be seen
  void worst(const std::string& predictions, int64_t step);          // predictions.csv of the run; nothing where the samples are no pictures
  void flush() { file_.flush(); }

 private:
  const Job& job_;
  EventFile file_;
  double rate_ = -1;                                                 // written last
};

}  // namespace synfire

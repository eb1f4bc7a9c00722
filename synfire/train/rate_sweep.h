// RateSweep: the loss while the learning rate grows from step to step. Smith 2017, "Cyclical learning rates", section 3.3.
#pragma once
#include "synfire/train/job.h"

namespace synfire {

struct RatePoint { double rate, loss, smooth; };  // smooth: a mean of the losses on both sides, so that it does not lag behind them
struct RateSweep {
  std::vector<RatePoint> points;
  double steepest = 0, minimum = 0;  // rates where the smoothed loss falls fastest over the logarithm of the rate, and where it is lowest
  double first = 0;                  // the loss before anything was learned: mean over the first rates
  bool fell = false;                 // the smoothed loss fell by 2 % at least; otherwise the two rates mean nothing
  bool diverged = false;             // it ended early
  double diverged_at = 0;            // the rate at which the loss began to be too large; both suggestions are below
  std::string why;                   // what the loss did there, in words
};

// Takes the losses as they come and says when to stop; then what they tell.
class RateCurve {
 public:
  // False when the loss has diverged: it is no finite number, its running mean is above four times the lowest so far (as fast.ai and Lightning
  // have it), or it has been above the first loss for 8 steps: by 10 %, or at all when it had once been a fifth below.
  bool add(double rate, double loss);
  RateSweep sweep() const;

 private:
  RateSweep s_;
  double mean_ = 0, best_ = 0, sum_ = 0;
  int above_ = 0;  // steps in a row
};

// From 1e-7 to 10 in 200 steps of training on the job's own batches. Its model is of no use afterwards; nothing is written.
// Failure(diverged) when the first loss is no finite number.
RateSweep sweep_rates(Job& job);
std::string rates_csv(const RateSweep& sweep);
std::string rates_svg(const RateSweep& sweep);  // losses and their smoothed course over the logarithm of the rate, both suggestions marked

}  // namespace synfire

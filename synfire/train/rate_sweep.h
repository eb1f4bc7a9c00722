// RateSweep: the loss while the learning rate grows from step to step. Smith 2017, "Cyclical learning rates", section 3.3.
#pragma once
#include "synfire/train/job.h"

namespace synfire {

struct RatePoint { double rate, loss, smooth; };  // smooth: exponential mean of the losses so far, without its bias
struct RateSweep {
  std::vector<RatePoint> points;
  double steepest = 0, minimum = 0;  // rates where the smoothed loss falls fastest over the logarithm of the rate, and where it is lowest
  bool diverged = false;             // it ended early: the smoothed loss passed four times its best, or was no number
};

// From 1e-7 to 10 in 200 steps of training on the job's own batches. Its model is of no use afterwards; nothing is written.
RateSweep sweep_rates(Job& job);
std::string rates_csv(const RateSweep& sweep);
std::string rates_svg(const RateSweep& sweep);  // losses and their smoothed course over the logarithm of the rate, both suggestions marked

}  // namespace synfire

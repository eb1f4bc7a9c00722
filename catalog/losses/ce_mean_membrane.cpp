// Cross-entropy of each unit's mean membrane over time.
#include "synfire/def/loss.h"

namespace synfire {

struct CeMeanMembraneLoss {
  static constexpr Target target = Target::classes;
  static constexpr bool needs_membrane = true;
  static TimeLoss over_time(Graph& g, const Sequence& s, Value labels, const NoParams&) {
    Value sum = g.op("sum_over_time", {s.membrane}, {{"steps", s.steps}}), mean = g.op("scale", {sum}, {{"value", 1.0 / double(s.steps)}});
    return {g.op("softmax_cross_entropy", {mean, labels}, {{"smoothing", 0.0}}), mean};
  }
};
SYNFIRE_LOSS(CeMeanMembraneLoss, "ce_mean_membrane", "For classes, over time: cross-entropy of the mean membranes.");

}  // namespace synfire

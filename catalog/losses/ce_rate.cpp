// Cross-entropy at every step, averaged: each step's spikes are its logits. snnTorch's ce_rate_loss. A class is told from the count of spikes.
#include "synfire/def/loss.h"

namespace synfire {

struct CeRateLoss {
  static constexpr Target target = Target::classes;
  static TimeLoss over_time(Graph& g, const Sequence& s, Value labels, const NoParams&) {
    Value each = g.op("repeat_rows", {labels}, {{"times", s.steps}});
    return {g.op("softmax_cross_entropy", {s.output, each}, {{"smoothing", 0.0}}), g.op("sum_over_time", {s.output}, {{"steps", s.steps}})};
  }
};
SYNFIRE_LOSS(CeRateLoss, "ce_rate", "For classes, over time: cross-entropy of what the last layer puts out at each step, averaged.");

}  // namespace synfire

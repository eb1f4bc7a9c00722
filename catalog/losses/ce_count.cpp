// Cross-entropy of the counts of spikes. snnTorch's ce_count_loss.
#include "synfire/def/loss.h"

namespace synfire {

struct CeCountLoss {
  static constexpr Target target = Target::classes;
  static constexpr bool needs_spikes = true;
  static TimeLoss over_time(Graph& g, const Sequence& s, Value labels, const NoParams&) {
    Value count = g.op("sum_over_time", {s.output}, {{"steps", s.steps}});
    return {g.op("softmax_cross_entropy", {count, labels}, {{"smoothing", 0.0}}), count};
  }
};
SYNFIRE_LOSS(CeCountLoss, "ce_count", "For classes, over time: cross-entropy of the numbers of spikes.");

}  // namespace synfire

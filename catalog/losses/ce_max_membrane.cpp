// Cross-entropy of each unit's highest membrane. snnTorch's ce_max_membrane_loss; Cramer et al. 2020.
#include "synfire/def/loss.h"

namespace synfire {

struct CeMaxMembraneLoss {
  static constexpr Target target = Target::classes;
  static constexpr bool needs_membrane = true;
  static TimeLoss over_time(Graph& g, const Sequence& s, Value labels, const NoParams&) {
    Value top = g.op("max_over_time", {s.membrane}, {{"steps", s.steps}});
    return {g.op("softmax_cross_entropy", {top, labels}, {{"smoothing", 0.0}}), top};
  }
};
SYNFIRE_LOSS(CeMaxMembraneLoss, "ce_max_membrane", "For classes, over time: cross-entropy of the highest membranes.");

}  // namespace synfire

// Cross-entropy of the softmax of the outputs (logits) against class labels, with label smoothing.
#include "synfire/def/loss.h"

namespace synfire {

struct CrossEntropyLoss {
  struct P { double smoothing = 0; };
  static constexpr Field<P> fields[] = {{"smoothing", &P::smoothing, "", 0, 0.999, "share of the target spread over all classes"}};
  static constexpr Target target = Target::classes;
  static Value build(Graph& g, Value output, Value labels, const P& p) {
    return g.op("softmax_cross_entropy", {output, labels}, {{"smoothing", p.smoothing}});
  }
};
SYNFIRE_LOSS(CrossEntropyLoss, "cross_entropy", "For classes: minus the log of the probability of the right one. Takes logits.");

}  // namespace synfire

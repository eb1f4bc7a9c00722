// Binary cross-entropy of sigmoid(output) against targets in [0, 1], written so that it never overflows:
// max(x, 0) - x t + log(1 + e^-|x|).
#include "synfire/def/loss.h"

namespace synfire {

struct BinaryCrossEntropyLoss {
  static constexpr float target_low = 0, target_high = 1;
  template <class R> static R f(R x, R t) { return max(x, R(0)) - x * t + log1p(exp(-abs(x))); }
};
SYNFIRE_ELEMENTWISE_LOSS(BinaryCrossEntropyLoss, "binary_cross_entropy", "For yes or no: takes logits and targets between 0 and 1.");

}  // namespace synfire

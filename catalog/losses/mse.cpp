// Mean squared error.
#include "synfire/def/loss.h"

namespace synfire {

struct MseLoss {
  template <class R> static R f(R prediction, R target) { return (prediction - target) * (prediction - target); }
};
SYNFIRE_ELEMENTWISE_LOSS(MseLoss, "mse", "For numbers: mean squared error.");

}  // namespace synfire

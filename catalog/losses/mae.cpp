// Mean absolute error.
#include "synfire/def/loss.h"

namespace synfire {

struct MaeLoss {
  template <class R> static R f(R prediction, R target) { return abs(prediction - target); }
};
SYNFIRE_ELEMENTWISE_LOSS(MaeLoss, "mae", "For numbers with outliers: mean absolute error.");

}  // namespace synfire

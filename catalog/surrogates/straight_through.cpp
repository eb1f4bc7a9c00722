// The gradient passes as if there were no step. Bengio, Leonard & Courville 2013, straight-through estimator.
#include "synfire/def/surrogate.h"

namespace synfire {

struct StraightThroughSlope {
  template <class R> static R slope(R x, const NoParams&) { return x * R(0) + R(1); }
  template <class R> static R integral(R x, const NoParams&) { return x; }
};
SYNFIRE_SURROGATE(StraightThroughSlope, "straight_through", "The gradient passes unchanged.");

}  // namespace synfire

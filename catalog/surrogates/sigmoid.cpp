// Slope of the logistic function. k = 25 is snnTorch's default, 4 SpikingJelly's.
#include "synfire/def/surrogate.h"

namespace synfire {

struct SigmoidSlope {
  struct P { float k = 25; };
  static constexpr Field<P> fields[] = {
      {"k", &P::k, "", 0.001, 1000.0, "steepness"}};

  template <class R> static R slope(R x, const P& p) { R s = sigmoid(R(p.k) * x); return R(p.k) * s * (R(1) - s); }
  template <class R> static R integral(R x, const P& p) { return sigmoid(R(p.k) * x); }
};
SYNFIRE_SURROGATE(SigmoidSlope, "sigmoid", "Slope of the logistic function.");

}  // namespace synfire

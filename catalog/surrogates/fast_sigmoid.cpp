// Slope of the fast sigmoid x / (1 + k |x|). Zenke & Ganguli 2018, SuperSpike; this scaling is snnTorch's.
#include "synfire/def/surrogate.h"

namespace synfire {

struct FastSigmoidSlope {
  struct P { float k = 25; };
  static constexpr Field<P> fields[] = {
      {"k", &P::k, "", 0.001, 10000.0, "steepness"}};

  template <class R> static R slope(R x, const P& p) { return R(1) / square(R(1) + R(p.k) * abs(x)); }
  template <class R> static R integral(R x, const P& p) { return R(0.5f) + x / (R(1) + R(p.k) * abs(x)); }
};
SYNFIRE_SURROGATE(FastSigmoidSlope, "fast_sigmoid", "Slope of x / (1 + k |x|), of height 1.");

}  // namespace synfire

// A hill without kinks in place of a spike's missing slope: 1 / (1 + (k x)^2), the slope of an arctangent of height 1.
#include "synfire/def/surrogate.h"

namespace synfire {

struct HillSlope {
  struct P { float k = 3; };
  static constexpr Field<P> fields[] = {{"k", &P::k, "", 1e-3, 1e3, "steepness"}};

  template <class R> static R slope(R x, const P& p) { return R(1) / (R(1) + square(R(p.k) * x)); }
  template <class R> static R integral(R x, const P& p) { return R(0.5f) + atan(R(p.k) * x) / R(p.k); }
};
SYNFIRE_SURROGATE(HillSlope, "hill", "A hill of height 1.");

}  // namespace synfire

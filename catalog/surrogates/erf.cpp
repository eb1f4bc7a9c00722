// A bell curve: the slope of the error function. Esser et al. 2015.
#include "synfire/def/surrogate.h"

namespace synfire {

struct ErfSlope {
  struct P { float a = 2; };
  static constexpr Field<P> fields[] = {
      {"a", &P::a, "", 0.001, 1000.0, "steepness"}};

  template <class R> static R slope(R x, const P& p) { return R(p.a * 0.56418958f) * exp(-square(R(p.a) * x)); }
  template <class R> static R integral(R x, const P& p) { return R(0.5f) + R(0.5f) * erf(R(p.a) * x); }
};
SYNFIRE_SURROGATE(ErfSlope, "erf", "A bell curve.");

}  // namespace synfire

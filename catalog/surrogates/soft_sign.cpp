// Slope of x / (1/a + |x|), halved.
#include "synfire/def/surrogate.h"

namespace synfire {

struct SoftSignSlope {
  struct P { float a = 2; };
  static constexpr Field<P> fields[] = {
      {"a", &P::a, "", 0.001, 1000.0, "steepness"}};

  template <class R> static R slope(R x, const P& p) { return R(1) / (R(2 * p.a) * square(R(1 / p.a) + abs(x))); }
  template <class R> static R integral(R x, const P& p) { return R(0.5f) * (R(1) + x / (R(1 / p.a) + abs(x))); }
};
SYNFIRE_SURROGATE(SoftSignSlope, "soft_sign", "Slope of the soft sign.");

}  // namespace synfire

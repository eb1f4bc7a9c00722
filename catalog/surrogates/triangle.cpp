// A triangle of half-width 1, damped. Bellec et al. 2018, eq. 4 with the threshold as unit.
#include "synfire/def/surrogate.h"

namespace synfire {

struct TriangleSlope {
  struct P { float gamma = 0.3f; };
  static constexpr Field<P> fields[] = {
      {"gamma", &P::gamma, "", 0.001, 10, "height"}};

  template <class R> static R slope(R x, const P& p) { return R(p.gamma) * max(R(0), R(1) - abs(x)); }
  template <class R>
  static R integral(R x, const P& p) {
    R m = min(abs(x), R(1)), half = R(p.gamma) * (m - R(0.5f) * m * m);
    return R(0.5f) + select(x < R(0), -half, half);
  }
};
SYNFIRE_SURROGATE(TriangleSlope, "triangle", "A damped triangle, as in LSNN and e-prop.");

}  // namespace synfire

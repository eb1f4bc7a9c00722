// Slope that falls exponentially on both sides. Shrestha & Orchard 2018.
#include "synfire/def/surrogate.h"

namespace synfire {

struct PiecewiseExpSlope {
  struct P { float a = 1; };
  static constexpr Field<P> fields[] = {
      {"a", &P::a, "", 0.001, 1000.0, "steepness"}};

  template <class R> static R slope(R x, const P& p) { return R(p.a / 2) * exp(R(-p.a) * abs(x)); }
  template <class R>
  static R integral(R x, const P& p) {
    R tail = R(0.5f) * exp(R(-p.a) * abs(x));
    return select(x < R(0), tail, R(1) - tail);
  }
};
SYNFIRE_SURROGATE(PiecewiseExpSlope, "piecewise_exp", "Falls exponentially on both sides.");

}  // namespace synfire

// A triangle over |x| < 1/a: the slope of a spike made of two parabolas. Esser et al. 2016; Wu et al. 2018.
#include "synfire/def/surrogate.h"

namespace synfire {

struct PiecewiseQuadraticSlope {
  struct P { float a = 1; };
  static constexpr Field<P> fields[] = {
      {"a", &P::a, "", 0.001, 1000.0, "height; the triangle ends at 1/a"}};

  template <class R> static R slope(R x, const P& p) { return max(R(0), R(p.a) - R(p.a * p.a) * abs(x)); }
  template <class R>
  static R integral(R x, const P& p) {
    R m = min(abs(x), R(1 / p.a)), half = R(p.a) * m - R(0.5f * p.a * p.a) * m * m;
    return R(0.5f) + select(x < R(0), -half, half);
  }
};
SYNFIRE_SURROGATE(PiecewiseQuadraticSlope, "piecewise_quadratic", "A triangle of width 2/a and height a.");

}  // namespace synfire

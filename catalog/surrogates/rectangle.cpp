// A window around the threshold: constant slope a for |x| < 1/(2a). Bengio et al. 2013; Wu et al. 2018.
#include "synfire/def/surrogate.h"

namespace synfire {

struct RectangleSlope {
  struct P { float a = 1; };
  static constexpr Field<P> fields[] = {
      {"a", &P::a, "", 0.001, 1000.0, "height; the window is 1/a wide"}};

  template <class R> static R slope(R x, const P& p) { return select(abs(x) < R(0.5f / p.a), R(p.a), R(0)); }
  template <class R> static R integral(R x, const P& p) { return min(max(R(0.5f) + R(p.a) * x, R(0)), R(1)); }
};
SYNFIRE_SURROGATE(RectangleSlope, "rectangle", "A window around the threshold.");

}  // namespace synfire

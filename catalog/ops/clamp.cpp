// x cut to low … high, elementwise. The slope is 1 between the limits and 0 beyond them.
#include "synfire/def/elementwise.h"

namespace synfire {

struct ClampOp {
  struct P { double low = -1, high = 1; };
  static constexpr Field<P> fields[] = {{"low", &P::low, "", 0, 0, "the lower limit"}, {"high", &P::high, "", 0, 0, "the upper limit"}};
  static constexpr double low = -2.05, high = 2.05;
  template <class R> static R f(R x, const P& p) { return x < R(p.low) ? R(p.low) : x > R(p.high) ? R(p.high) : x; }  // NaN stays NaN
};
SYNFIRE_ELEMENTWISE(ClampOp, 1, "clamp", "x cut to low … high, elementwise.");

}  // namespace synfire

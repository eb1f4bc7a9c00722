// x cut to [low, high], elementwise; its slope is 0 outside.
#include "synfire/def/elementwise.h"

namespace synfire {

struct ClampOp {
  struct P { double low = -1, high = 1; };
  static constexpr Field<P> fields[] = {{"low", &P::low, "", 0, 0, "the smallest result"}, {"high", &P::high, "", 0, 0, "the largest result"}};
  template <class R> static R f(R x, const P& p) { return x < R(p.low) ? R(p.low) : x > R(p.high) ? R(p.high) : x; }  // NaN stays NaN
};
SYNFIRE_ELEMENTWISE(ClampOp, 1, "clamp", "x cut to [low, high], elementwise.");

}  // namespace synfire

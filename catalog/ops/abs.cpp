// |x|, elementwise.
#include "synfire/def/elementwise.h"

namespace synfire {

struct AbsOp {
  static constexpr double low = 0.2, high = 3;  // where it is smooth
  template <class R> static R f(R x) { return abs(x); }
  static Values grad(Graph& g, const Gradient& c) {
    return {g.op("mul", {c.dout[0], g.op("sign", {c.in[0]})})};
  }
};
SYNFIRE_ELEMENTWISE(AbsOp, 1, "abs", "|x|, elementwise.");

}  // namespace synfire

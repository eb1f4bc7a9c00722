// The sign of x: -1, 0 or 1, elementwise. Its slope is zero.
#include "synfire/def/elementwise.h"

namespace synfire {

struct SignOp {
  static constexpr double low = 0.2, high = 3;  // where it is smooth
  template <class R> static R f(R x) { return x > 0 ? R(1) : x < 0 ? R(-1) : R(0); }
  static Values grad(Graph& g, const Gradient& c) {
    return {g.constant(0, c.in[0].shape())};
  }
};
SYNFIRE_ELEMENTWISE(SignOp, 1, "sign", "The sign of x: -1, 0 or 1, elementwise. Its slope is zero.");

}  // namespace synfire

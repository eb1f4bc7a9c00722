// e^x, elementwise.
#include "synfire/def/elementwise.h"

namespace synfire {

struct ExpOp {
  template <class R> static R f(R x) { return exp(x); }
  static Values grad(Graph& g, const Gradient& c) {
    return {g.op("mul", {c.dout[0], c.out[0]})};
  }
};
SYNFIRE_ELEMENTWISE(ExpOp, 1, "exp", "e^x, elementwise.");

}  // namespace synfire

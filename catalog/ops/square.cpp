// x², elementwise.
#include "synfire/def/elementwise.h"

namespace synfire {

struct SquareOp {
  template <class R> static R f(R x) { return x * x; }
  static Values grad(Graph& g, const Gradient& c) {
    return {g.op("scale", {g.op("mul", {c.dout[0], c.in[0]})}, {{"value", 2.0}})};
  }
};
SYNFIRE_ELEMENTWISE(SquareOp, 1, "square", "x², elementwise.");

}  // namespace synfire

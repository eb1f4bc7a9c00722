// a b, elementwise; shapes broadcast.
#include "synfire/def/elementwise.h"

namespace synfire {

struct MulOp {
  template <class R> static R f(R a, R b) { return a * b; }
  static Values grad(Graph& g, const Gradient& c) {
    return {sum_to(g, g.op("mul", {c.dout[0], c.in[1]}), c.in[0].shape()),
            sum_to(g, g.op("mul", {c.dout[0], c.in[0]}), c.in[1].shape())};
  }
};
SYNFIRE_ELEMENTWISE(MulOp, 2, "mul", "a b, elementwise; shapes broadcast.");

}  // namespace synfire

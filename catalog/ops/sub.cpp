// a - b, elementwise; shapes broadcast.
#include "synfire/def/elementwise.h"

namespace synfire {

struct SubOp {
  template <class R> static R f(R a, R b) { return a - b; }
  static Values grad(Graph& g, const Gradient& c) {
    Value minus = g.op("scale", {c.dout[0]}, {{"value", -1.0}});
    return {sum_to(g, c.dout[0], c.in[0].shape()), sum_to(g, minus, c.in[1].shape())};
  }
};
SYNFIRE_ELEMENTWISE(SubOp, 2, "sub", "a - b, elementwise; shapes broadcast.");

}  // namespace synfire

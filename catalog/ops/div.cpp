// a / b, elementwise; shapes broadcast.
#include "synfire/def/elementwise.h"

namespace synfire {

struct DivOp {
  static constexpr double low = 0.5, high = 2;  // samples stay away from division by zero
  template <class R> static R f(R a, R b) { return a / b; }
  static Values grad(Graph& g, const Gradient& c) {
    Value over = g.op("div", {c.dout[0], c.in[1]});
    Value minus = g.op("scale", {g.op("mul", {over, c.out[0]})}, {{"value", -1.0}});
    return {sum_to(g, over, c.in[0].shape()), sum_to(g, minus, c.in[1].shape())};
  }
};
SYNFIRE_ELEMENTWISE(DivOp, 2, "div", "a / b, elementwise; shapes broadcast.");

}  // namespace synfire

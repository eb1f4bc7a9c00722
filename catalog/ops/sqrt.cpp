// √x, elementwise; x > 0.
#include "synfire/def/elementwise.h"

namespace synfire {

struct SqrtOp {
  static constexpr double low = 0.2, high = 3;  // where it is smooth
  template <class R> static R f(R x) { return sqrt(x); }
  static Values grad(Graph& g, const Gradient& c) {
    return {g.op("scale", {g.op("div", {c.dout[0], c.out[0]})}, {{"value", 0.5}})};
  }
};
SYNFIRE_ELEMENTWISE(SqrtOp, 1, "sqrt", "√x, elementwise; x > 0.");

}  // namespace synfire

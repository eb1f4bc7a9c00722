// x times a constant, elementwise.
#include "synfire/def/elementwise.h"

namespace synfire {

struct ScaleOp {
  struct P { double value = 1; };
  static constexpr Field<P> fields[] = {{"value", &P::value, "", 0, 0, "the constant"}};
  template <class R> static R f(R x, const P& p) { return x * R(p.value); }
  static Values grad(Graph& g, const Gradient& c) {
    return {g.op("scale", {c.dout[0]}, c.attrs)};
  }
};
SYNFIRE_ELEMENTWISE(ScaleOp, 1, "scale", "x times a constant, elementwise.");

}  // namespace synfire

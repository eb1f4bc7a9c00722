// x plus a constant, elementwise.
#include "synfire/def/elementwise.h"

namespace synfire {

struct AddScalarOp {
  struct P { double value = 1; };
  static constexpr Field<P> fields[] = {{"value", &P::value, "", 0, 0, "the constant"}};
  template <class R> static R f(R x, const P& p) { return x + R(p.value); }
  static Values grad(Graph& g, const Gradient& c) {
    (void)g;
    return {c.dout[0]};
  }
};
SYNFIRE_ELEMENTWISE(AddScalarOp, 1, "add_scalar", "x plus a constant, elementwise.");

}  // namespace synfire

// a + b, elementwise; shapes broadcast.
#include "synfire/def/elementwise.h"

namespace synfire {

struct AddOp {
  template <class R> static R f(R a, R b) { return a + b; }
  static Values grad(Graph& g, const Gradient& c) {
    return {sum_to(g, c.dout[0], c.in[0].shape()), sum_to(g, c.dout[0], c.in[1].shape())};
  }
};
SYNFIRE_ELEMENTWISE(AddOp, 2, "add", "a + b, elementwise; shapes broadcast.");

}  // namespace synfire

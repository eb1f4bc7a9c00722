// log x, elementwise; x > 0.
#include "synfire/def/elementwise.h"

namespace synfire {

struct LogOp {
  static constexpr double low = 0.2, high = 3;  // where it is smooth
  template <class R> static R f(R x) { return log(x); }
  static Values grad(Graph& g, const Gradient& c) {
    return {g.op("div", {c.dout[0], c.in[0]})};
  }
};
SYNFIRE_ELEMENTWISE(LogOp, 1, "log", "log x, elementwise; x > 0.");

}  // namespace synfire

// One above the threshold, a little below it: a leaky spike. The slope of leaky ReLU, as snnTorch's LSO is described.
#include "synfire/def/surrogate.h"

namespace synfire {

struct LeakySlope {
  struct P { float below = 0.1f; };
  static constexpr Field<P> fields[] = {
      {"below", &P::below, "", 0, 1, "slope below the threshold"}};

  template <class R> static R slope(R x, const P& p) { return select(x > R(0), R(1), R(p.below)); }
  template <class R> static R integral(R x, const P& p) { return select(x > R(0), x, R(p.below) * x); }
};
SYNFIRE_SURROGATE(LeakySlope, "leaky", "One above the threshold, a little below.");

}  // namespace synfire

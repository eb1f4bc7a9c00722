// leaky_relu(x) = x for x > 0, slope x otherwise. Maas et al. 2013.
#include "synfire/def/activation.h"

namespace synfire {

struct LeakyRelu {
  struct P { float slope = 0.01f; };
  static constexpr Field<P> fields[] = {{"slope", &P::slope, "", 0, 1, "slope for negative inputs"}};
  template <class R> static R f(R x, const P& p) { return x > R(0) ? x : R(p.slope) * x; }
  template <class R> static R df_from_output(R y, const P& p) { return y > R(0) ? R(1) : R(p.slope); }
};
SYNFIRE_ACTIVATION(LeakyRelu, "leaky_relu", "relu that lets a little through below zero, so that no unit dies.");

}  // namespace synfire

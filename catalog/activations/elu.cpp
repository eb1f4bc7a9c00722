// elu(x) = x for x > 0, alpha (e^x - 1) otherwise. Clevert et al. 2016.
#include "synfire/def/activation.h"

namespace synfire {

struct Elu {
  struct P { float alpha = 1; };
  static constexpr Field<P> fields[] = {{"alpha", &P::alpha, "", 0, 10, "depth of the negative side"}};
  template <class R> static R f(R x, const P& p) { return x > R(0) ? x : R(p.alpha) * (exp(min(x, R(0))) - R(1)); }
  template <class R> static R df_from_output(R y, const P& p) { return y > R(0) ? R(1) : y + R(p.alpha); }
};
SYNFIRE_ACTIVATION(Elu, "elu", "relu with a smooth negative side; means stay near zero.");

}  // namespace synfire

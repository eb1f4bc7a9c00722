// The probability density that a noisy membrane crosses the threshold. Shrestha & Orchard 2018, SLAYER, eq. 19.
#include "synfire/def/surrogate.h"

namespace synfire {

struct SlayerSlope {
  struct P { float scale = 1, tau = 1; };
  static constexpr Field<P> fields[] = {
      {"scale", &P::scale, "", 0.001, 1000.0, "area below it"},
      {"tau", &P::tau, "", 0.001, 1000.0, "width"}};

  template <class R> static R slope(R x, const P& p) { return R(p.scale / (2 * p.tau)) * exp(R(-1 / p.tau) * abs(x)); }
  template <class R>
  static R integral(R x, const P& p) {
    R tail = R(0.5f * p.scale) * exp(R(-1 / p.tau) * abs(x));
    return select(x < R(0), tail, R(p.scale) - tail);
  }
};
SYNFIRE_SURROGATE(SlayerSlope, "slayer", "Exponential, with scale and width apart.");

}  // namespace synfire

// Slope of the fast sigmoid, from afar: alpha / (1 + beta |x|)^2. Zenke & Ganguli 2018; alpha = 1, beta = 100 is Norse's, beta = 1 SpikingJelly's.
#include "synfire/def/surrogate.h"

namespace synfire {

struct SuperSpikeSlope {
  struct P { float alpha = 1, beta = 100; };
  static constexpr Field<P> fields[] = {
      {"alpha", &P::alpha, "", 0.001, 10000.0, "height"},
      {"beta", &P::beta, "", 0.001, 10000.0, "steepness"}};

  template <class R> static R slope(R x, const P& p) { return R(p.alpha) / square(R(1) + R(p.beta) * abs(x)); }
  template <class R> static R integral(R x, const P& p) { return R(0.5f) + R(p.alpha) * x / (R(1) + R(p.beta) * abs(x)); }
};
SYNFIRE_SURROGATE(SuperSpikeSlope, "superspike", "The fast sigmoid with height and steepness apart.");

}  // namespace synfire

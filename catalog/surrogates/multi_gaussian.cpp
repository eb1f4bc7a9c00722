// A bell with two shallow troughs beside it. Yin, Corradi & Bohte 2021, eq. 8.
#include "synfire/def/surrogate.h"

namespace synfire {

struct MultiGaussianSlope {
  struct P { float s = 0.5f, h = 0.15f; };
  static constexpr Field<P> fields[] = {
      {"s", &P::s, "", 0.001, 1000.0, "width of the bell"},
      {"h", &P::h, "", 0, 1, "depth of the troughs"}};

  template <class R>
  static R slope(R x, const P& p) {
    auto bell = [&](float mean, float sd) { return R(0.39894228f / sd) * exp(R(-0.5f / (sd * sd)) * square(x - R(mean))); };
    return R(1 + p.h) * bell(0, p.s) - R(p.h) * (bell(p.s, 6 * p.s) + bell(-p.s, 6 * p.s));
  }
  template <class R>
  static R integral(R x, const P& p) {
    auto area = [&](float mean, float sd) { return R(0.5f) + R(0.5f) * erf((x - R(mean)) * R(0.70710678f / sd)); };
    return R(1 + p.h) * area(0, p.s) - R(p.h) * (area(p.s, 6 * p.s) + area(-p.s, 6 * p.s));
  }
};
SYNFIRE_SURROGATE(MultiGaussianSlope, "multi_gaussian", "A bell with troughs, for tasks of spike timing.");

}  // namespace synfire

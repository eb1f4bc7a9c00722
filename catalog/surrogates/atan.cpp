// Slope of the arctangent in place of the spike's missing derivative. Fang et al. 2021.
#include "synfire/def/surrogate.h"

namespace synfire {

struct AtanSlope {
  struct P { float alpha = 2; };
  static constexpr Field<P> fields[] = {
      {"alpha", &P::alpha, "", 0.001, 1000.0, "steepness"}};

  template <class R> static R slope(R x, const P& p) { return R(p.alpha / 2) / (R(1) + square(R(1.57079633f * p.alpha) * x)); }
  template <class R> static R integral(R x, const P& p) { return R(0.5f) + atan(R(1.57079633f * p.alpha) * x) / R(3.14159265f); }
};
SYNFIRE_SURROGATE(AtanSlope, "atan", "Slope of the arctangent; the usual first choice.");

}  // namespace synfire

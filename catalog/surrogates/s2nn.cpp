// Logistic below the threshold, logarithmic above it. Suetake et al. 2022.
#include "synfire/def/surrogate.h"

namespace synfire {

struct S2nnSlope {
  struct P { float a = 4, b = 1; };
  static constexpr Field<P> fields[] = {
      {"a", &P::a, "", 0.001, 1000.0, "steepness below"},
      {"b", &P::b, "", 0.001, 1000.0, "height above"}};

  template <class R>
  static R slope(R x, const P& p) {
    R s = sigmoid(R(p.a) * min(x, R(0)));
    return select(x < R(0), R(p.a) * s * (R(1) - s), R(p.b) / (R(1) + max(x, R(0))));
  }
  template <class R>
  static R integral(R x, const P& p) {
    R below = sigmoid(R(p.a) * min(x, R(0)));
    return select(x < R(0), below, R(0.5f) + R(p.b) * log(R(1) + max(x, R(0))));
  }
};
SYNFIRE_SURROGATE(S2nnSlope, "s2nn", "Logistic below, logarithmic above.");

}  // namespace synfire

// A tail that falls with a power: the q-PseudoSpike. Herranz-Celotti & Rouat 2022.
#include "synfire/def/surrogate.h"

namespace synfire {

struct QPseudoSlope {
  struct P { float a = 2; };
  static constexpr Field<P> fields[] = {
      {"a", &P::a, "", 1.01, 100, "power of the tail"}};

  template <class R> static R slope(R x, const P& p) { return exp(R(-p.a) * log(R(1) + R(2 / (p.a - 1)) * abs(x))); }
  template <class R>
  static R integral(R x, const P& p) {
    R tail = R(0.5f) * exp(R(1 - p.a) * log(R(1) + R(2 / (p.a - 1)) * abs(x)));
    return select(x < R(0), tail, R(1) - tail);
  }
};
SYNFIRE_SURROGATE(QPseudoSlope, "q_pseudo", "A tail that falls with a power.");

}  // namespace synfire

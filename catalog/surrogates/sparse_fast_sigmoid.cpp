// The fast sigmoid, and no gradient far below the threshold, so that few neurons take part in the backward pass. Perez-Nieves & Goodman 2021.
#include "synfire/def/surrogate.h"

namespace synfire {

struct SparseFastSigmoidSlope {
  struct P { float k = 25, least = -0.5f; };
  static constexpr Field<P> fields[] = {
      {"k", &P::k, "", 0.001, 10000.0, "steepness"},
      {"least", &P::least, "", -10, 1, "no gradient below this distance from the threshold"}};

  template <class R>
  static R slope(R x, const P& p) {
    return select(x > R(p.least), R(1) / square(R(1) + R(p.k) * abs(x)), R(0));
  }
  template <class R> static R integral(R x, const P& p) { R y = max(x, R(p.least)); return R(0.5f) + y / (R(1) + R(p.k) * abs(y)); }
};
SYNFIRE_SURROGATE(SparseFastSigmoidSlope, "sparse_fast_sigmoid", "The fast sigmoid without its lower tail.");

}  // namespace synfire

// softplus(x) = log(1 + e^x): a smooth relu that never dies. Dugas et al. 2001.
#include "synfire/def/activation.h"

namespace synfire {

struct Softplus {
  template <class R> static R f(R x) { return max(x, R(0)) + log1p(exp(-abs(x))); }
  template <class R> static R df(R x) { return sigmoid(x); }
};
SYNFIRE_ACTIVATION(Softplus, "softplus", "Smooth relu; costs an exponential.");

}  // namespace synfire

// tanh(x): a sigmoid between -1 and 1.
#include "synfire/def/activation.h"

namespace synfire {

struct TanhActivation {
  template <class R> static R f(R x) { return tanh(x); }
  template <class R> static R df_from_output(R y) { return R(1) - y * y; }
};
SYNFIRE_ACTIVATION(TanhActivation, "tanh", "Between -1 and 1, centred.");

}  // namespace synfire

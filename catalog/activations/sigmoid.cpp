// sigmoid(x) = 1 / (1 + e^-x).
#include "synfire/def/activation.h"

namespace synfire {

struct Sigmoid {
  template <class R> static R f(R x) { return sigmoid(x); }
  template <class R> static R df_from_output(R y) { return y * (R(1) - y); }
};
SYNFIRE_ACTIVATION(Sigmoid, "sigmoid", "Between 0 and 1; for probabilities.");

}  // namespace synfire

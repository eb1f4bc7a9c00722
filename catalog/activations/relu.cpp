// relu(x) = max(x, 0). Fukushima 1969; Nair & Hinton 2010.
#include "synfire/def/activation.h"

namespace synfire {

struct Relu {
  template <class R> static R f(R x) { return max(R(0), x); }  // in this order NaN stays NaN
  template <class R> static R df_from_output(R y) { return y > R(0) ? R(1) : R(0); }
};
SYNFIRE_ACTIVATION(Relu, "relu", "The usual first choice; zero for negative inputs.");

}  // namespace synfire

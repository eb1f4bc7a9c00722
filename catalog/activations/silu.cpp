// silu(x) = x sigmoid(x), also called swish. Elfwing et al. 2018; Ramachandran et al. 2017.
#include "synfire/def/activation.h"

namespace synfire {

struct Silu {
  template <class R> static R f(R x) { return x * sigmoid(x); }
};
SYNFIRE_ACTIVATION(Silu, "silu", "Smooth, slightly negative below zero.");

}  // namespace synfire

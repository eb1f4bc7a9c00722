// gelu(x) = x Φ(x), Φ the normal distribution function. Hendrycks & Gimpel 2016.
#include "synfire/def/activation.h"

namespace synfire {

struct Gelu {
  template <class R> static R f(R x) { return R(0.5) * x * (R(1) + erf(x * R(0.70710678118654752440))); }
};
SYNFIRE_ACTIVATION(Gelu, "gelu", "Smooth relu of the transformers.");

}  // namespace synfire

// gelu with tanh in place of the normal distribution function, as GPT-2 and BERT have it. Hendrycks & Gimpel 2016, section 2.
#include "synfire/def/activation.h"

namespace synfire {

struct GeluTanh {
  template <class R> static R f(R x) {
    R inner = R(0.79788456080286535588) * madd(R(0.044715) * x * x, x, x);  // sqrt(2 / pi)
    return R(0.5) * x * (R(1) + tanh(inner));
  }
};
SYNFIRE_ACTIVATION(GeluTanh, "gelu_tanh", "gelu by its tanh approximation, for weights that were trained with it.");

}  // namespace synfire

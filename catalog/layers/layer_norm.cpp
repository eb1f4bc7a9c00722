// Layer norm: each sample (each pixel of an image) brought to mean 0 and variance 1 over its own features. Ba et al. 2016.
#include "synfire/def/layer.h"

namespace synfire {

struct LayerNormLayer {
  struct P {
    float eps = 1e-5f;
    Choice activation{"linear", {}};
  };
  static inline const Field<P> fields[] = {
      {"eps", &P::eps, "", 1e-12, 1, "added to the variance"},
      {"activation", &P::activation, "activation", 0, 0, "what is done to the result"}};

  static Value build(Builder& b, Value x, const P& p) {
    if (x.shape().rank() < 2) refuse(fmt::format("layer_norm takes vectors [B, F] or images [B, H, W, C], got {}", x.shape().str()));
    int64_t N = x.shape()[-1];
    Values in{x, b.vector_param("weight", N, {"ones", {}}), b.vector_param("bias", N, {"zeros", {}})};
    return b.activation(p.activation, b.op("layer_norm", in, {{"eps", static_cast<double>(p.eps)}}));
  }
};
SYNFIRE_LAYER(LayerNormLayer, "layer_norm", "Each sample brought to mean 0 and variance 1 over its features, then scaled and shifted.");

}  // namespace synfire

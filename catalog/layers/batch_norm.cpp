// Batch norm. Ioffe & Szegedy 2015: in training each channel by the statistics of the batch, which also move the running ones; in
// evaluation by the running ones, as an elementwise chain that the convolution in front of it takes along.
#include "synfire/def/layer.h"

namespace synfire {

struct BatchNormLayer {
  struct P {
    float momentum = 0.1f, eps = 1e-5f;
    Choice activation{"linear", {}};
  };
  static inline const Field<P> fields[] = {
      {"momentum", &P::momentum, "", 0, 1, "part of the running statistics that a step renews"},
      {"eps", &P::eps, "", 1e-12, 1, "added to the variance"},
      {"activation", &P::activation, "activation", 0, 0, "what is done to the result"}};

  // running += momentum (now - running)
  static void renew(Builder& b, Value running, Value now, double momentum, double factor) {
    Value old = b.op("scale", {running}, {{"value", 1 - momentum}});
    b.graph.assign(running, b.op("add", {old, b.op("scale", {now}, {{"value", momentum * factor}})}));
  }

  static Value settled(Builder& b, Value x, Value weight, Value bias, Value mean, Value var, double eps) {
    Value scale = b.op("div", {weight, b.op("sqrt", {b.op("add_scalar", {var}, {{"value", eps}})})});
    Value shift = b.op("sub", {bias, b.op("mul", {mean, scale})});
    return b.op("add", {b.op("mul", {x, scale}), shift});
  }

  static Value build(Builder& b, Value x, const P& p) {
    if (x.shape().rank() < 2) refuse(fmt::format("batch_norm takes vectors [B, F] or images [B, H, W, C], got {}", x.shape().str()));
    int64_t C = x.shape()[-1], rows = x.shape().numel() / C;
    Value weight = b.vector_param("weight", C, {"ones", {}}), bias = b.vector_param("bias", C, {"zeros", {}});
    Value mean = b.state("running_mean", {C}, {"zeros", {}}), var = b.state("running_var", {C}, {"ones", {}});
    double eps = static_cast<double>(p.eps), momentum = static_cast<double>(p.momentum);
    if (!b.training) return b.activation(p.activation, settled(b, x, weight, bias, mean, var, eps));
    Values y = b.graph.ops("batch_norm", {x, weight, bias}, {{"eps", eps}});
    if (rows > 1) {  // a single row has no variance
      renew(b, mean, y[1], momentum, 1);
      renew(b, var, y[2], momentum, static_cast<double>(rows) / static_cast<double>(rows - 1));  // unbiased, as in PyTorch
    }
    return b.activation(p.activation, y[0]);
  }
};
SYNFIRE_LAYER(BatchNormLayer, "batch_norm", "Each channel brought to mean 0 and variance 1 over the batch, then scaled and shifted.");

}  // namespace synfire

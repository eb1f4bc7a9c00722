// Fully connected: y = x Wᵀ + b, then the activation. An image is flattened in front.
#include "synfire/def/layer.h"

namespace synfire {

struct DenseLayer {
  struct P {
    int units = required;
    bool bias = true;
    Choice activation{"linear", {}}, init{"torch", {}};
  };
  static inline const Field<P> fields[] = {
      {"units", &P::units, "", 1, 1e8, "number of neurons; \"classes\" gives as many as the data has"},
      {"bias", &P::bias, "", 0, 0, "add a learned constant to each neuron"},
      {"activation", &P::activation, "activation", 0, 0, "what is done to the sums"},
      {"init", &P::init, "initializer", 0, 0, "first numbers of the weights"}};

  static Value build(Builder& b, Value x, const P& p) {
    Value flat = b.flattened(x);
    int64_t inputs = flat.shape()[1], units = p.units;
    External external;  // PyTorch flattens images channel by channel
    if (x.shape().rank() == 4) external = {{units, x.shape()[1], x.shape()[2], x.shape()[3]}, {0, 3, 1, 2}, {units, inputs}};
    Values in{flat, b.param("weight", {units, inputs}, p.init, inputs, units, external)};
    if (p.bias) in.push_back(b.vector_param("bias", units, p.init.kind == "torch" ? p.init : Choice{"zeros", {}}, inputs));
    return b.activation(p.activation, b.op("matmul", in, {{"transpose_b", true}, {"events", int64_t{b.sparse(flat)}}}));
  }
};
SYNFIRE_LAYER(DenseLayer, "dense", "Fully connected: every neuron sees every input.");

}  // namespace synfire

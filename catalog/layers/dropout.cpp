// Dropout: in training a part of the numbers is zero at random, so that no neuron relies on another. Srivastava et al. 2014.
#include "synfire/def/layer.h"

namespace synfire {

struct DropoutLayer {
  struct P { float p = 0.5f; };
  static constexpr Field<P> fields[] = {{"p", &P::p, "", 0, 0.999, "part of the numbers that is dropped"}};

  static Value build(Builder& b, Value x, const P& p) {
    if (!b.training || p.p == 0) return x;
    return b.op("dropout", {x, b.clock()}, {{"p", static_cast<double>(p.p)}, {"seed", static_cast<int64_t>(b.seed)}, {"stream", int64_t{b.stream("mask")}}});
  }
};
SYNFIRE_LAYER(DropoutLayer, "dropout", "In training, drops numbers at random and scales up the others; otherwise passes on what it gets.");

}  // namespace synfire

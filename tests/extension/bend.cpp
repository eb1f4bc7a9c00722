// Each feature or channel bent by a weight of its own: y = x + w x³.
#include "synfire/def/layer.h"

namespace synfire {

struct BendLayer {
  struct P { Choice init{"zeros", {}}; };
  static inline const Field<P> fields[] = {{"init", &P::init, "initializer", 0, 0, "first numbers of the weights"}};

  static Value build(Builder& b, Value x, const P& p) {
    Value w = b.vector_param("weight", x.shape()[-1], p.init);
    return b.op("add", {x, b.op("mul", {b.op("cube", {x}), w})});
  }
};
SYNFIRE_LAYER(BendLayer, "bend", "Each feature or channel bent by a weight of its own.");

}  // namespace synfire

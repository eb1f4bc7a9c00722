// The sum of several layers of one shape: a residual connection (He et al. 2016).
#include "synfire/def/layer.h"

namespace synfire {

struct AddLayer {
  struct P { Choice activation{"linear", {}}; };
  static inline const Field<P> fields[] = {{"activation", &P::activation, "activation", 0, 0, "what is done to the sum"}};
  static Value build(Builder& b, const Values& in, const P& p) {
    Value sum = in[0];
    for (size_t i = 1; i < in.size(); ++i) {
      if (!(in[i].shape() == sum.shape())) refuse(fmt::format("add joins layers of one shape, got {} and {}", sum.shape().str(), in[i].shape().str()));
      sum = b.op("add", {sum, in[i]});
    }
    return b.activation(p.activation, sum);
  }
};
SYNFIRE_LAYER(AddLayer, "add", "The sum of several layers of one shape.");

}  // namespace synfire

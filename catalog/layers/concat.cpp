// Several layers side by side: features of vectors, channels of images of one size. Huang et al. 2017 build whole nets of it.
#include "synfire/def/layer.h"

namespace synfire {

struct ConcatLayer {
  static Value build(Builder& b, const Values& in, const NoParams&) { return b.op("concat", in); }
};
SYNFIRE_LAYER(ConcatLayer, "concat", "Several layers side by side, as features or channels of one.");

}  // namespace synfire

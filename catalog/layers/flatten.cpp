// Images as rows of numbers: [B, H, W, C] -> [B, H W C].
#include "synfire/def/layer.h"

namespace synfire {

struct FlattenLayer {
  static Value build(Builder& b, Value x, const NoParams&) { return b.flattened(x); }
};
SYNFIRE_LAYER(FlattenLayer, "flatten", "Images as rows of numbers.");

}  // namespace synfire

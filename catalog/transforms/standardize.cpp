// Mean 0 and variance 1 in every feature or channel: what most networks learn best from. LeCun et al. 1998, "Efficient BackProp", 4.3.
#include "synfire/def/transform.h"

namespace synfire {

struct Standardize {
  static Line fit(const Summary& s, const NoParams&) {
    double scale = s.deviation > 0 ? 1 / s.deviation : 1;  // a column that never changes becomes 0
    return {scale, -s.mean * scale};
  }
};
SYNFIRE_TRANSFORM(Standardize, "standardize", "Mean 0, variance 1 in each feature or channel of the training part.");

}  // namespace synfire

// Normal with variance 2 / fan_in: keeps the signal through relu layers. He et al. 2015, eq. 10.
#include <algorithm>
#include <cmath>

#include "synfire/def/initializer.h"

namespace synfire {

struct HeInit {
  static void fill(const Initial& to, const NoParams&) {
    double sigma = std::sqrt(2.0 / static_cast<double>(to.fan_in));
    for (int64_t i = 0; i < to.size(); ++i) to.data[i] = static_cast<float>(sigma * to.random.normal(i));
  }
};
SYNFIRE_INITIALIZER(HeInit, "he", "Normal, variance 2 / fan_in; for relu and its kin.");

}  // namespace synfire

// Normal with variance 1 / fan_in. LeCun et al. 1998, "Efficient BackProp".
#include <algorithm>
#include <cmath>

#include "synfire/def/initializer.h"

namespace synfire {

struct LecunInit {
  static void fill(const Initial& to, const NoParams&) {
    double sigma = std::sqrt(1.0 / static_cast<double>(to.fan_in));
    for (int64_t i = 0; i < to.size(); ++i) to.data[i] = static_cast<float>(sigma * to.random.normal(i));
  }
};
SYNFIRE_INITIALIZER(LecunInit, "lecun", "Normal, variance 1 / fan_in; for tanh and selu.");

}  // namespace synfire

// PyTorch's default for linear and convolutional layers: uniform within ±1/√fan_in.
#include <algorithm>
#include <cmath>

#include "synfire/def/initializer.h"

namespace synfire {

struct TorchInit {
  static void fill(const Initial& to, const NoParams&) {
    float bound = 1 / std::sqrt(static_cast<float>(to.fan_in));
    for (int64_t i = 0; i < to.size(); ++i) to.data[i] = bound * (2 * to.random.uniform(i) - 1);
  }
};
SYNFIRE_INITIALIZER(TorchInit, "torch", "PyTorch's default: uniform within 1/sqrt(fan_in).");

}  // namespace synfire

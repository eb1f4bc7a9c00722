// Uniform within ±gain √(6 / (fan_in + fan_out)). Glorot & Bengio 2010, eq. 16.
#include <algorithm>
#include <cmath>

#include "synfire/def/initializer.h"

namespace synfire {

struct GlorotInit {
  struct P { double gain = 1; };
  static constexpr Field<P> fields[] = {{"gain", &P::gain, "", 0, 100, "factor; 5/3 for tanh"}};
  static void fill(const Initial& to, const P& p) {
    float bound = static_cast<float>(p.gain * std::sqrt(6.0 / static_cast<double>(to.fan_in + to.fan_out)));
    for (int64_t i = 0; i < to.size(); ++i) to.data[i] = bound * (2 * to.random.uniform(i) - 1);
  }
};
SYNFIRE_INITIALIZER(GlorotInit, "glorot", "Uniform, scaled by both fans; for sigmoid and tanh.");

}  // namespace synfire

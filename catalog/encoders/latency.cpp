// Latency: one spike, the earlier the larger x: at step (T - 1)(1 - x). Thorpe & Gautrais 1998.
#include <cmath>

#include "synfire/def/encoder.h"

namespace synfire {

struct LatencyEncoder {
  struct P { float least = 0.01f; };
  static constexpr Field<P> fields[] = {{"least", &P::least, "", 0, 1, "smaller numbers give no spike"}};
  static float at(float x, int k, int T, float, const P& p) {
    return x > p.least && int(std::lround(float(T - 1) * (1 - std::fmin(x, 1.f)))) == k ? 1.f : 0.f;
  }
};
SYNFIRE_ENCODER(LatencyEncoder, "latency", "One spike for each number, the earlier the larger it is.");

}  // namespace synfire

// Latency as a capacitor charges: t = tau ln(x / (x - threshold)), stretched so that the threshold itself is the last step. snnTorch's log latency.
#include <cmath>

#include "synfire/def/encoder.h"

namespace synfire {

struct LatencyLogEncoder {
  struct P { float threshold = 0.01f; };
  static constexpr Field<P> fields[] = {{"threshold", &P::threshold, "", 1e-6, 0.99, "smaller numbers give no spike"}};
  static float at(float x, int k, int T, float, const P& p) {
    auto time = [&](float v) { return std::log(v / (v - p.threshold)); };
    float last = time(p.threshold * 1.001f), first = time(1.f), t = x > p.threshold * 1.001f ? time(std::fmin(x, 1.f)) : -1;
    return t >= 0 && int(std::lround(float(T - 1) * (t - first) / (last - first))) == k ? 1.f : 0.f;
  }
};
SYNFIRE_ENCODER(LatencyLogEncoder, "latency_log", "One spike for each number, when a capacitor would reach its threshold.");

}  // namespace synfire

// Phase: the bits of x, weighted by 2^-(1 + k mod 8), repeated as long as there are steps. Kim et al. 2018.
#include <cmath>

#include "synfire/def/encoder.h"

namespace synfire {

struct PhaseEncoder {
  static float at(float x, int k, int, float, const NoParams&) {
    int bits = int(std::fmin(std::fmax(x, 0.f), 1.f) * 255.f + 0.5f), place = k % 8;
    return (bits >> (7 - place) & 1) ? std::ldexp(1.f, -(1 + place)) : 0.f;
  }
};
SYNFIRE_ENCODER(PhaseEncoder, "phase", "The eight bits of each number, one a step, weighted.");

}  // namespace synfire

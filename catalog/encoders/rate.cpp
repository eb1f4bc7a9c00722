// Rate: a spike with probability x at every step (a Bernoulli process).
#include "synfire/def/encoder.h"

namespace synfire {

struct RateEncoder {
  struct P { float gain = 1, offset = 0; };
  static constexpr Field<P> fields[] = {
      {"gain", &P::gain, "", -1e3, 1e3, "probability of a spike is gain x + offset, cut to 0 … 1"},
      {"offset", &P::offset, "", -1e3, 1e3, "see gain"}};
  static float at(float x, int, int, float u, const P& p) { return u < p.gain * x + p.offset ? 1.f : 0.f; }
};
SYNFIRE_ENCODER(RateEncoder, "rate", "Spikes at random, the more the larger the number.");

}  // namespace synfire

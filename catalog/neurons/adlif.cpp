// Adaptive LIF with a current: w grows with the membrane and with each spike and is taken off the input. Bittar & Garner 2022, adLIF:
// h = al v + (1 - al)(I - w); w = be w + a h + b spike, which the next step sees. Those who train a, b and both time constants keep a in
// -1 to 1, b in 0 to 2, tau in 5 to 25 and tau_adapt in 30 to 120 steps; here they are given.
#include "synfire/def/neuron.h"

namespace synfire {

struct AdLif {
  struct P { float tau = 15, tau_adapt = 75, threshold = 1, reset = 0, a = 0.5f, b = 1; };
  static constexpr Field<P> fields[] = {
      {"tau", &P::tau, "ms", 1e-3, 1e6, "membrane time constant"},
      {"tau_adapt", &P::tau_adapt, "ms", 1e-3, 1e7, "time constant of the adaptation"},
      {"threshold", &P::threshold, "", -1e3, 1e3, "fires above this"},
      {"reset", &P::reset, "", -1e3, 1e3, "where a hard reset leaves the membrane; a soft one takes off what lies between"},
      {"a", &P::a, "", -1e3, 1e3, "what the membrane adds to the adaptation in a step"},
      {"b", &P::b, "", -1e3, 1e3, "what a spike adds to the adaptation"}};
  static constexpr std::string_view state[] = {"v", "w"};
  static constexpr double low = -2, high = 30;

  template <class R, class T>
  static R step(R (&s)[2], R input, const P& p, T& t) {
    float al = exp(-t.dt / p.tau), be = exp(-t.dt / p.tau_adapt);
    R v = t.before(s[0], p.threshold, p.reset);
    R h = v * al + (input - s[1]) * (1 - al) - t.pending;
    R spike = t.fires(h - p.threshold);
    s[0] = t.reset(h, spike, p.threshold, p.reset);
    s[1] = s[1] * be + h * p.a + spike * p.b;
    return spike;
  }
};
SYNFIRE_NEURON(AdLif, "adlif", "LIF with adaptation by membrane and spikes; strong on sounds, with recurrent = true.");

}  // namespace synfire

// Adaptive LIF, the neuron of LSNN: the threshold rises with each spike and falls back slowly. Bellec et al. 2018; 2020, eq. 6 to 10.
#include "synfire/def/neuron.h"

namespace synfire {

struct Alif {
  struct P { float tau = 20, tau_adapt = 2000, threshold = 0.6f, beta = 0.0174f; };
  static constexpr Field<P> fields[] = {
      {"tau", &P::tau, "ms", 1e-3, 1e6, "membrane time constant"},
      {"tau_adapt", &P::tau_adapt, "ms", 1e-3, 1e7, "time constant of the threshold"},
      {"threshold", &P::threshold, "", -1e3, 1e3, "fires above this when it has not fired for long"},
      {"beta", &P::beta, "", 0, 1e3, "what a spike adds to the threshold"}};
  static constexpr std::string_view state[] = {"v", "a"};

  template <class R, class T>
  static R step(R (&s)[2], R input, const P& p, T& t) {
    float decay = exp(-t.dt / p.tau), rho = exp(-t.dt / p.tau_adapt);
    R v = t.before(s[0], p.threshold, 0.f);
    R h = madd(R(decay), v, input) - t.pending;
    R spike = t.fires(h - (p.threshold + s[1] * p.beta));
    s[0] = t.reset(h, spike, p.threshold, 0.f);
    s[1] = madd(R(rho), s[1], spike);
    return spike;
  }
};
SYNFIRE_NEURON(Alif, "alif", "Adaptive LIF: each spike raises its threshold for a while.");

}  // namespace synfire

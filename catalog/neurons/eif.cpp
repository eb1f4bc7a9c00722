// Exponential integrate-and-fire: near theta_rh sodium pulls it up faster than the leak pulls it down. Fourcaud-Trocme et al. 2003. Euler form, as in
// SpikingJelly: h = v + dt/tau (I - (v - rest) + delta e^((v - theta_rh) / delta)). The exponent stops at 20.
#include "synfire/def/neuron.h"

namespace synfire {

struct Eif {
  struct P { float tau = 2, delta = 1, theta_rh = 0.8f, threshold = 1, rest = 0, reset = 0; };
  static constexpr Field<P> fields[] = {
      {"tau", &P::tau, "ms", 1e-3, 1e6, "membrane time constant"},
      {"delta", &P::delta, "", 1e-3, 1e3, "sharpness of the spike's onset"},
      {"theta_rh", &P::theta_rh, "", -1e3, 1e3, "where a spike begins; the rheobase threshold"},
      {"threshold", &P::threshold, "", -1e3, 1e3, "fires above this"},
      {"rest", &P::rest, "", -1e3, 1e3, "where the leak pulls it"},
      {"reset", &P::reset, "", -1e3, 1e3, "where a hard reset leaves the membrane; a soft one takes off what lies between"}};
  static constexpr std::string_view state[] = {"v"};
  static float start(int, const P& p) { return p.rest; }

  template <class R, class T>
  static R step(R (&s)[1], R input, const P& p, T& t) {
    R v = t.before(s[0], p.threshold, p.reset);
    R onset = exp(min((v - p.theta_rh) / p.delta, R(20.f))) * p.delta;
    R h = v + (input - v + p.rest + onset) * (t.dt / p.tau);
    return t.fire(s[0], h, p.threshold, p.reset);
  }
};
SYNFIRE_NEURON(Eif, "eif", "Exponential integrate-and-fire: a sharp onset in place of a threshold.");

}  // namespace synfire

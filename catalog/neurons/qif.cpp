// Quadratic integrate-and-fire: above v_c it runs away to the spike by itself. Ermentrout & Kopell 1986. Euler form, as in SpikingJelly:
// h = v + dt/tau (I + a0 (v - rest)(v - v_c)).
#include "synfire/def/neuron.h"

namespace synfire {

struct Qif {
  struct P { float tau = 2, a0 = 1, v_c = 0.8f, threshold = 1, rest = 0, reset = 0; };
  static constexpr Field<P> fields[] = {
      {"tau", &P::tau, "ms", 1e-3, 1e6, "membrane time constant"},
      {"a0", &P::a0, "", 1e-3, 1e3, "curvature"},
      {"v_c", &P::v_c, "", -1e3, 1e3, "above this it rises without input"},
      {"threshold", &P::threshold, "", -1e3, 1e3, "fires above this"},
      {"rest", &P::rest, "", -1e3, 1e3, "where it returns without input"},
      {"reset", &P::reset, "", -1e3, 1e3, "where a hard reset leaves the membrane; a soft one takes off what lies between"}};
  static constexpr std::string_view state[] = {"v"};
  static float start(int, const P& p) { return p.rest; }

  template <class R, class T>
  static R step(R (&s)[1], R input, const P& p, T& t) {
    R v = t.before(s[0], p.threshold, p.reset);
    R h = v + (input + (v - p.rest) * (v - p.v_c) * p.a0) * (t.dt / p.tau);
    return t.fire(s[0], h, p.threshold, p.reset);
  }
};
SYNFIRE_NEURON(Qif, "qif", "Quadratic integrate-and-fire: the simplest neuron with a spike of its own.");

}  // namespace synfire

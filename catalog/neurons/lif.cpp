// Leaky integrate-and-fire, Euler form: tau dv/dt = (rest - v) + R I. Lapicque 1907. SpikingJelly's LIFNode with decay_input; NIR's LIF.
#include "synfire/def/neuron.h"

namespace synfire {

struct Lif {
  struct P { float tau = 20, threshold = 1, rest = 0, reset = 0, resistance = 1; };
  static constexpr Field<P> fields[] = {
      {"tau", &P::tau, "ms", 1e-3, 1e6, "membrane time constant"},
      {"threshold", &P::threshold, "mV", -1e3, 1e3, "fires above this"},
      {"rest", &P::rest, "mV", -1e3, 1e3, "where it returns without input"},
      {"reset", &P::reset, "mV", -1e3, 1e3, "where a hard reset leaves the membrane; a soft one takes off what lies between"},
      {"resistance", &P::resistance, "MOhm", -1e6, 1e6, "what the input is multiplied with"}};
  static constexpr std::string_view state[] = {"v"};
  static constexpr double low = -5, high = 40;
  static float start(int, const P& p) { return p.rest; }

  template <class R, class T>
  static R step(R (&s)[1], R input, const P& p, T& t) {
    R v = t.before(s[0], p.threshold, p.reset);
    R h = v + (p.rest - v + input * p.resistance) * (t.dt / p.tau);
    return t.fire(s[0], h, p.threshold, p.reset);
  }
};
SYNFIRE_NEURON(Lif, "lif", "Leaky integrate-and-fire with a time constant, by Euler's method.");

}  // namespace synfire

// Leaky integrate-and-fire, solved exactly over a step of constant input. Rotter & Diesmann 1999.
#include "synfire/def/neuron.h"

namespace synfire {

struct LifExact {
  struct P { float tau = 10, threshold = 1, rest = 0, reset = 0, resistance = 1; };
  static constexpr Field<P> fields[] = {
      {"tau", &P::tau, "ms", 1e-3, 1e6, "membrane time constant"},
      {"threshold", &P::threshold, "mV", -1e3, 1e3, "fires above this"},
      {"rest", &P::rest, "mV", -1e3, 1e3, "where it returns without input"},
      {"reset", &P::reset, "mV", -1e3, 1e3, "where a hard reset leaves the membrane; a soft one takes off what lies between"},
      {"resistance", &P::resistance, "MOhm", -1e6, 1e6, "what the input is multiplied with"}};
  static constexpr std::string_view state[] = {"v"};
  static constexpr double low = -2, high = 20;
  static float start(int, const P& p) { return p.rest; }

  template <class R, class T>
  static R step(R (&s)[1], R input, const P& p, T& t) {
    float decay = exp(-t.dt / p.tau);
    R v = t.before(s[0], p.threshold, p.reset);
    R h = p.rest + (v - p.rest) * decay + input * ((1 - decay) * p.resistance);
    return t.fire(s[0], h, p.threshold, p.reset);
  }
};
SYNFIRE_NEURON(LifExact, "lif_exact", "Leaky integrate-and-fire, exact for input that is constant over a step.");

}  // namespace synfire

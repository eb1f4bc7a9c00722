// Current-based LIF, Euler form: ts di/dt = -i + w S; tm dv/dt = (rest - v) + R i, which sees the new current. NIR's CubaLIF.
#include "synfire/def/neuron.h"

namespace synfire {

struct CubaLif {
  struct P { float tau_syn = 5, tau_mem = 10, threshold = 1, rest = 0, reset = 0, resistance = 1, w_in = 1; };
  static constexpr Field<P> fields[] = {
      {"tau_syn", &P::tau_syn, "ms", 1e-3, 1e6, "time constant of the current"},
      {"tau_mem", &P::tau_mem, "ms", 1e-3, 1e6, "time constant of the membrane"},
      {"threshold", &P::threshold, "mV", -1e3, 1e3, "fires above this"},
      {"rest", &P::rest, "mV", -1e3, 1e3, "where it returns without input"},
      {"reset", &P::reset, "mV", -1e3, 1e3, "where a hard reset leaves the membrane; a soft one takes off what lies between"},
      {"resistance", &P::resistance, "MOhm", -1e6, 1e6, "what the current is multiplied with"},
      {"w_in", &P::w_in, "", -1e6, 1e6, "what the input is multiplied with"}};
  static constexpr std::string_view state[] = {"v", "i"};
  static constexpr double low = -10, high = 80;
  static float start(int j, const P& p) { return j == 0 ? p.rest : 0; }

  template <class R, class T>
  static R step(R (&s)[2], R input, const P& p, T& t) {
    R v = t.before(s[0], p.threshold, p.reset);
    s[1] = s[1] + (input * p.w_in - s[1]) * (t.dt / p.tau_syn);
    R h = v + (p.rest - v + s[1] * p.resistance) * (t.dt / p.tau_mem);
    return t.fire(s[0], h, p.threshold, p.reset);
  }
};
SYNFIRE_NEURON(CubaLif, "cuba_lif", "Leaky integrate-and-fire behind a current with a time constant.");

}  // namespace synfire

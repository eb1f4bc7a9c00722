// Leaky integrate-and-fire with conductances: spikes open channels that pull the membrane to E_e or E_i. Vogels & Abbott 2005.
// A positive input opens the excitatory ones, a negative input the inhibitory ones. They have a refractory time of 5 ms and dt = 0.1 ms.
#include "synfire/def/neuron.h"
#include "synfire/def/propagator.h"

namespace synfire {

struct CondLif {
  struct P {
    float tau_mem = 20, tau_e = 5, tau_i = 10, rest = -60, e_e = 0, e_i = -80, threshold = -50, reset = -60, current = 20, w_e = 0.4f, w_i = 5.1f;
  };
  static constexpr Field<P> fields[] = {
      {"tau_mem", &P::tau_mem, "ms", 1e-3, 1e6, "time constant of the membrane"},
      {"tau_e", &P::tau_e, "ms", 1e-3, 1e6, "time constant of the excitatory conductance"},
      {"tau_i", &P::tau_i, "ms", 1e-3, 1e6, "time constant of the inhibitory conductance"},
      {"rest", &P::rest, "mV", -1e3, 1e3, "where it returns without input"},
      {"e_e", &P::e_e, "mV", -1e3, 1e3, "where excitation pulls the membrane"},
      {"e_i", &P::e_i, "mV", -1e3, 1e3, "where inhibition pulls the membrane"},
      {"threshold", &P::threshold, "mV", -1e3, 1e3, "fires above this"},
      {"reset", &P::reset, "mV", -1e3, 1e3, "where a hard reset leaves the membrane; a soft one takes off what lies between"},
      {"current", &P::current, "mV", -1e3, 1e3, "flows all the time, times the resistance of the leak"},
      {"w_e", &P::w_e, "", 0, 1e6, "what an input of 1 adds to the excitatory conductance, whose unit is the leak"},
      {"w_i", &P::w_i, "", 0, 1e6, "what an input of -1 adds to the inhibitory conductance, whose unit is the leak"}};
  static constexpr std::string_view state[] = {"v", "g_e", "g_i"};
  static constexpr double low = -1, high = 4;
  static float start(int j, const P& p) { return j == 0 ? p.rest : 0; }

  template <class R, class T>
  static R step(R (&s)[3], R input, const P& p, T& t) {
    using N = Plain<R>;
    R v = t.before(s[0], p.threshold, p.reset);
    s[1] = s[1] * exp(N(-t.dt / p.tau_e)) + max(input, R(0.f)) * p.w_e;
    s[2] = s[2] * exp(N(-t.dt / p.tau_i)) + max(-input, R(0.f)) * p.w_i;
    R h = v + (p.rest - v + s[1] * (p.e_e - v) + s[2] * (p.e_i - v) + p.current) * (t.dt / p.tau_mem);
    return t.fire(s[0], h, p.threshold, p.reset);
  }
};
SYNFIRE_NEURON(CondLif, "cond_lif", "Leaky integrate-and-fire with conductances: the sign of the input says which.");

}  // namespace synfire

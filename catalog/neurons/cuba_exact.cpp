// Current-based LIF, solved exactly: a spike's current decays exponentially, C dv/dt = -C/tm v + i + I. Rotter & Diesmann 1999; NEST's
// iaf_psc_exp, which drives the membrane with the current before this step's spikes. v counts from the resting potential.
#include "synfire/def/neuron.h"
#include "synfire/def/propagator.h"

namespace synfire {

struct CubaExact {
  struct P { float tau_syn = 2, tau_mem = 10, capacity = 250, threshold = 15, reset = 0, current = 0, weight = 1; };
  static constexpr Field<P> fields[] = {
      {"tau_syn", &P::tau_syn, "ms", 1e-3, 1e6, "time constant of the current"},
      {"tau_mem", &P::tau_mem, "ms", 1e-3, 1e6, "time constant of the membrane"},
      {"capacity", &P::capacity, "pF", 1e-3, 1e6, "of the membrane"},
      {"threshold", &P::threshold, "mV", -1e3, 1e3, "fires this far above its resting potential"},
      {"reset", &P::reset, "mV", -1e3, 1e3, "where a hard reset leaves the membrane; a soft one takes off what lies between"},
      {"current", &P::current, "pA", -1e6, 1e6, "flows all the time"},
      {"weight", &P::weight, "pA", -1e6, 1e6, "what an input of 1 adds to the current"}};
  static constexpr std::string_view state[] = {"v", "i"};
  static constexpr double low = -500, high = 3000;

  template <class R, class T>
  static R step(R (&s)[2], R input, const P& p, T& t) {
    using N = Plain<R>;
    Propagators k = propagators(t.dt, p.tau_syn, p.tau_mem);
    R v = t.before(s[0], p.threshold, p.reset);
    R h = v * N(k.mem) + s[1] * N(k.once / p.capacity) + N(k.steady / p.capacity * p.current);
    s[1] = s[1] * N(k.syn) + input * p.weight;
    return t.fire(s[0], h, p.threshold, p.reset);
  }
};
SYNFIRE_NEURON(CubaExact, "cuba_exact", "Leaky integrate-and-fire behind an exponential current, exact at any step; NEST's iaf_psc_exp.");

}  // namespace synfire

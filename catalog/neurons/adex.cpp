// Adaptive exponential integrate-and-fire: C v' = gL (EL - v) + gL DT e^((v - VT)/DT) + I - w, tw w' = a (v - EL) - w; above VT + 5 DT it fires:
// v = Vr, w = w + b, whatever reset_by says. Brette & Gerstner 2005, whose parameters these are. Euler; the exponent stops at 20.
#include "synfire/def/neuron.h"

namespace synfire {

struct AdEx {
  struct P { float capacity = 281, g_leak = 30, rest = -70.6f, onset = -50.4f, delta = 2, tau_adapt = 144, a = 4, b = 80.5f, reset = -70.6f; };
  static constexpr Field<P> fields[] = {
      {"capacity", &P::capacity, "pF", 1e-3, 1e6, "of the membrane, C"},
      {"g_leak", &P::g_leak, "nS", 1e-6, 1e6, "conductance of the leak, gL"},
      {"rest", &P::rest, "mV", -1e3, 1e3, "where the leak pulls it, EL"},
      {"onset", &P::onset, "mV", -1e3, 1e3, "where a spike begins, VT; it ends 5 delta above"},
      {"delta", &P::delta, "mV", 1e-3, 1e3, "sharpness of the spike's onset, DT"},
      {"tau_adapt", &P::tau_adapt, "ms", 1e-3, 1e7, "time constant of the adaptation, tw"},
      {"a", &P::a, "nS", -1e6, 1e6, "adaptation by the membrane"},
      {"b", &P::b, "pA", -1e6, 1e6, "adaptation by a spike"},
      {"reset", &P::reset, "mV", -1e3, 1e3, "the membrane after a spike, Vr"}};
  static constexpr std::string_view state[] = {"v", "w"};
  static constexpr double low = 0, high = 6000, back_low = -60, back_high = -45;
  static float start(int j, const P& p) { return j == 0 ? p.rest : 0; }

  template <class R, class T>
  static R step(R (&s)[2], R input, const P& p, T& t) {
    R v = s[0], w = s[1];
    R onset = exp(min((v - p.onset) / p.delta, R(20.f))) * (p.g_leak * p.delta);
    R h = v + ((p.rest - v) * p.g_leak + onset + input - w) * (t.dt / p.capacity);
    R spike = t.fires(h - (p.onset + 5 * p.delta)), set = attached(spike, t.firing.attached);
    s[0] = h - set * (h - p.reset);
    s[1] = w + ((v - p.rest) * p.a - w) * (t.dt / p.tau_adapt) + set * p.b;
    return spike;
  }
};
SYNFIRE_NEURON(AdEx, "adex", "Adaptive exponential integrate-and-fire, input in pA; resets itself, whatever reset_by says. Simulation only; dt of 0.1 ms or less.");

}  // namespace synfire

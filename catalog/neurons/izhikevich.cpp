// Two equations that fire like most cortical cells: v' = 0.04 v² + 5 v + 140 - u + I, u' = a (b v - u); at the peak v = c, u = u + d, whatever
// reset_by says. Izhikevich 2003. Regular spiking as given; fast spiking a 0.1, d 2; chattering c -50, d 2; low threshold b 0.25, d 2.
#include "synfire/def/neuron.h"

namespace synfire {

struct Izhikevich {
  struct P { float a = 0.02f, b = 0.2f, c = -65, d = 8, peak = 30; bool published = false; };
  static constexpr Field<P> fields[] = {
      {"a", &P::a, "1/ms", 0, 1e3, "how fast u follows"},
      {"b", &P::b, "", -1e3, 1e3, "how strongly u follows v"},
      {"c", &P::c, "mV", -1e3, 1e3, "v after a spike"},
      {"d", &P::d, "mV/ms", -1e3, 1e3, "what a spike adds to u"},
      {"peak", &P::peak, "mV", -1e3, 1e3, "v at which a spike ends"},
      {"published", &P::published, "", 0, 0, "as the paper's program: v in two half steps, then u from the new v; else both from old values"}};
  static constexpr std::string_view state[] = {"v", "u"};
  static constexpr double low = -10, high = 30, tolerance = 1e-4;  // at dt = 1 ms the upswing of a spike multiplies what rounding leaves
  static float start(int j, const P& p) { return j == 0 ? -65 : p.b * -65; }
  static float reset_of(const P& p) { return p.c; }

  template <class R, class T>
  static R step(R (&s)[2], R input, const P& p, T& t) {
    auto slope = [&](R v) { return (v * 0.04f + 5.f) * v + (140.f - s[1] + input); };
    float halves = float(p.published), first = t.dt - t.dt / 2 * halves, second = t.dt - first;
    R v = s[0] + slope(s[0]) * first, h = v + slope(v) * second;
    R seen = s[0] + (h - s[0]) * halves, u = s[1] + (seen * p.b - s[1]) * (t.dt * p.a);
    R spike = t.fires(h - p.peak), set = attached(spike, t.firing.attached);
    s[0] = h - set * (h - p.c);
    s[1] = u + set * p.d;
    return spike;
  }
};
SYNFIRE_NEURON(Izhikevich, "izhikevich", "Fires like most cortical cells, and resets itself, whatever reset_by says. Simulation only; dt of 0.5 ms or less.");

}  // namespace synfire

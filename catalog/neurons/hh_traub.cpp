// A cell of the hippocampus after Traub & Miles 1991, as Brette et al. 2007 simulate networks of it (COBAHH, 20000 µm²); nothing resets it.
#include "synfire/def/hodgkin_huxley.h"

namespace synfire {

struct HhTraub : HodgkinHuxley<HhTraub> {
  struct P {
    float g_na = 20000, g_k = 6000, g_leak = 10, capacity = 200, e_na = 50, e_k = -90, rest = -60, shift = -63, start = -60, threshold = -20;
  };
  static constexpr Field<P> fields[] = {
      {"g_na", &P::g_na, "nS", 0, 1e7, "conductance of all sodium channels"},
      {"g_k", &P::g_k, "nS", 0, 1e7, "conductance of all potassium channels"},
      {"g_leak", &P::g_leak, "nS", 1e-6, 1e7, "conductance of the leak"},
      {"capacity", &P::capacity, "pF", 1e-3, 1e6, "of the membrane"},
      {"e_na", &P::e_na, "mV", -1e3, 1e3, "where sodium pulls the membrane"},
      {"e_k", &P::e_k, "mV", -1e3, 1e3, "where potassium pulls the membrane"},
      {"rest", &P::rest, "mV", -1e3, 1e3, "where the leak pulls the membrane"},
      {"shift", &P::shift, "mV", -200, 200, "where the channels' rates count from, VT"},
      {"start", &P::start, "mV", -200, 200, "the membrane at first, with the channels at rest there"},
      {"threshold", &P::threshold, "mV", -1e3, 1e3, "rising through this is a spike; with refractory = 3 in COBAHH"}};

  // 1/ms: how fast the gates m, h, n open (0, 2, 4) and close (1, 3, 5).
  template <class R>
  static void rates(R v, R (&r)[6], const P& p) {
    v = v - p.shift;
    r[0] = 1.28f / exprel((13.f - v) * 0.25f);
    r[1] = 1.4f / exprel((v - 40.f) * 0.2f);
    r[2] = exp((17.f - v) / 18.f) * 0.128f;
    r[3] = 4.f / (exp((40.f - v) * 0.2f) + 1.f);
    r[4] = 0.16f / exprel((15.f - v) * 0.2f);
    r[5] = exp((10.f - v) * 0.025f) * 0.5f;
  }
};
SYNFIRE_NEURON(HhTraub, "hh_traub", "A hippocampal cell after Traub and Miles, input in pA; nothing resets it. Simulation only; dt of 0.1 ms or less.");

}  // namespace synfire

// The squid's giant axon: sodium and potassium channels make the spike, nothing resets it. Hodgkin & Huxley 1952, rates as in NEST's hh_psc_alpha.
#include "synfire/def/hodgkin_huxley.h"

namespace synfire {

struct HhSquid : HodgkinHuxley<HhSquid> {
  struct P { float g_na = 12000, g_k = 3600, g_leak = 30, capacity = 100, e_na = 50, e_k = -77, rest = -54.402f, start = -65, threshold = 0; };
  static constexpr Field<P> fields[] = {
      {"g_na", &P::g_na, "nS", 0, 1e7, "conductance of all sodium channels"},
      {"g_k", &P::g_k, "nS", 0, 1e7, "conductance of all potassium channels"},
      {"g_leak", &P::g_leak, "nS", 1e-6, 1e7, "conductance of the leak"},
      {"capacity", &P::capacity, "pF", 1e-3, 1e6, "of the membrane"},
      {"e_na", &P::e_na, "mV", -1e3, 1e3, "where sodium pulls the membrane"},
      {"e_k", &P::e_k, "mV", -1e3, 1e3, "where potassium pulls the membrane"},
      {"rest", &P::rest, "mV", -1e3, 1e3, "where the leak pulls the membrane"},
      {"start", &P::start, "mV", -200, 200, "the membrane at first, with the channels at rest there"},
      {"threshold", &P::threshold, "mV", -1e3, 1e3, "rising through this is a spike"}};

  // 1/ms: how fast the gates m, h, n open (0, 2, 4) and close (1, 3, 5) at v.
  template <class R>
  static void rates(R v, R (&r)[6], const P&) {
    r[0] = 1.f / exprel((v + 40.f) * -0.1f);
    r[1] = exp((v + 65.f) / -18.f) * 4.f;
    r[2] = exp((v + 65.f) * -0.05f) * 0.07f;
    r[3] = 1.f / (exp((v + 35.f) * -0.1f) + 1.f);
    r[4] = 0.1f / exprel((v + 55.f) * -0.1f);
    r[5] = exp((v + 65.f) * -0.0125f) * 0.125f;
  }
};
SYNFIRE_NEURON(HhSquid, "hh_squid", "Hodgkin & Huxley's squid axon, input in pA; nothing resets it. Simulation only; dt of 0.1 ms or less.");

}  // namespace synfire

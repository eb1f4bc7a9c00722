// Current-based LIF as Norse steps it: the input jumps the current, the membrane sees it at once, and only then does it decay.
// j = i + S; h = v + dt/tm (rest - v + j); i = j - dt/ts j. Pehle & Pedersen 2021. Norse resets hard, with superspike of beta = 100.
#include "synfire/def/neuron.h"

namespace synfire {

struct LifNorse {
  struct P { float tau_syn = 5, tau_mem = 10, threshold = 1, rest = 0, reset = 0; };
  static constexpr Field<P> fields[] = {
      {"tau_syn", &P::tau_syn, "ms", 1e-3, 1e6, "time constant of the current"},
      {"tau_mem", &P::tau_mem, "ms", 1e-3, 1e6, "time constant of the membrane"},
      {"threshold", &P::threshold, "", -1e3, 1e3, "fires above this"},
      {"rest", &P::rest, "", -1e3, 1e3, "where it returns without input"},
      {"reset", &P::reset, "", -1e3, 1e3, "where a hard reset leaves the membrane; a soft one takes off what lies between"}};
  static constexpr std::string_view state[] = {"v", "i"};
  static constexpr double low = -2, high = 6;
  static float start(int j, const P& p) { return j == 0 ? p.rest : 0; }

  template <class R, class T>
  static R step(R (&s)[2], R input, const P& p, T& t) {
    R v = t.before(s[0], p.threshold, p.reset), j = s[1] + input;
    R h = v + (p.rest - v + j) * (t.dt / p.tau_mem);
    s[1] = j - j * (t.dt / p.tau_syn);
    return t.fire(s[0], h, p.threshold, p.reset);
  }
};
SYNFIRE_NEURON(LifNorse, "lif_norse", "Leaky integrate-and-fire behind a current, in the order of Norse.");

}  // namespace synfire

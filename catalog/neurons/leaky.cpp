// The leaky integrator of snnTorch, in units of its threshold: h = beta v + input. beta is e^(-dt/tau).
#include "synfire/def/neuron.h"

namespace synfire {

struct Leaky {
  struct P { float beta = 0.9f, threshold = 1, reset = 0; };
  static constexpr Field<P> fields[] = {
      {"beta", &P::beta, "", 0, 1, "part of the membrane that is left after a step"},
      {"threshold", &P::threshold, "", -1e3, 1e3, "fires above this"},
      {"reset", &P::reset, "", -1e3, 1e3, "where a hard reset leaves the membrane; a soft one takes off what lies between"}};
  static constexpr std::string_view state[] = {"v"};

  template <class R, class T>
  static R step(R (&s)[1], R input, const P& p, T& t) {
    R v = t.before(s[0], p.threshold, p.reset);
    return t.fire(s[0], madd(R(p.beta), v, input), p.threshold, p.reset);
  }
};
SYNFIRE_NEURON(Leaky, "leaky", "Leaky integrate-and-fire with one factor of decay, as in snnTorch; start here.");

}  // namespace synfire

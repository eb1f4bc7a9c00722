// Leaky integrate-and-fire behind a synaptic current, in factors of decay, as in snnTorch: i = alpha i + input; h = beta v + i.
#include "synfire/def/neuron.h"

namespace synfire {

struct Synaptic {
  struct P { float alpha = 0.9f, beta = 0.8f, threshold = 1, reset = 0; };
  static constexpr Field<P> fields[] = {
      {"alpha", &P::alpha, "", 0, 1, "part of the current that is left after a step"},
      {"beta", &P::beta, "", 0, 1, "part of the membrane that is left after a step"},
      {"threshold", &P::threshold, "", -1e3, 1e3, "fires above this"},
      {"reset", &P::reset, "", -1e3, 1e3, "where a hard reset leaves the membrane; a soft one takes off what lies between"}};
  static constexpr std::string_view state[] = {"v", "i"};

  template <class R, class T>
  static R step(R (&s)[2], R input, const P& p, T& t) {
    R v = t.before(s[0], p.threshold, p.reset);
    s[1] = madd(R(p.alpha), s[1], input);
    return t.fire(s[0], madd(R(p.beta), v, s[1]), p.threshold, p.reset);
  }
};
SYNFIRE_NEURON(Synaptic, "synaptic", "Leaky integrate-and-fire behind a current that decays, too.");

}  // namespace synfire

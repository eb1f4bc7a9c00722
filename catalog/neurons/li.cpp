// A leaky integrator that does not fire: what reads spikes out. h = beta v + input.
#include "synfire/def/neuron.h"

namespace synfire {

struct LeakyIntegrator {
  struct P { float beta = 0.9f; };
  static constexpr Field<P> fields[] = {{"beta", &P::beta, "", 0, 1, "part of the membrane that is left after a step"}};
  static constexpr std::string_view state[] = {"v"};
  static constexpr bool fires = false;

  template <class R, class T>
  static R step(R (&s)[1], R input, const P& p, T&) {
    return s[0] = madd(R(p.beta), s[0], input);
  }
};
SYNFIRE_NEURON(LeakyIntegrator, "li", "A leaky integrator without a threshold: puts out its membrane.");

}  // namespace synfire

// A leaky neuron whose second compartment follows the first: u = a u + input; h = b v + u.
#include "synfire/def/neuron.h"

namespace synfire {

struct LeakyTwice {
  struct P { float a = 0.5f, b = 0.9f, threshold = 1; };
  static constexpr Field<P> fields[] = {
      {"a", &P::a, "", 0, 1, "part of the first compartment that is left after a step"},
      {"b", &P::b, "", 0, 1, "part of the membrane that is left after a step"},
      {"threshold", &P::threshold, "", -1e3, 1e3, "fires above this"}};
  static constexpr std::string_view state[] = {"v", "u"};  // the membrane comes first

  template <class R, class T>
  static R step(R (&s)[2], R input, const P& p, T& t) {
    R v = t.before(s[0], p.threshold, 0.f);
    s[1] = madd(R(p.a), s[1], input);
    return t.fire(s[0], madd(R(p.b), v, s[1]), p.threshold, 0.f);
  }
};
SYNFIRE_NEURON(LeakyTwice, "leaky_twice", "A leaky neuron behind a leaky compartment.");

}  // namespace synfire

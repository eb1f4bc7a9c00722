// Integrate-and-fire without a leak: h = v + input. Lapicque 1907.
#include "synfire/def/neuron.h"

namespace synfire {

struct IntegrateAndFire {
  struct P { float threshold = 1, reset = 0; };
  static constexpr Field<P> fields[] = {
      {"threshold", &P::threshold, "", -1e3, 1e3, "fires above this"},
      {"reset", &P::reset, "", -1e3, 1e3, "where a hard reset leaves the membrane; a soft one takes off what lies between"}};
  static constexpr std::string_view state[] = {"v"};

  template <class R, class T>
  static R step(R (&s)[1], R input, const P& p, T& t) {
    R v = t.before(s[0], p.threshold, p.reset);
    return t.fire(s[0], v + input, p.threshold, p.reset);
  }
};
SYNFIRE_NEURON(IntegrateAndFire, "if", "Integrate-and-fire: sums its input until it fires.");

}  // namespace synfire

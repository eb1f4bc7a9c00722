// The perceptron's unit: fires at once when its input is above the threshold, and keeps nothing. McCulloch & Pitts 1943; Rosenblatt 1958.
#include "synfire/def/neuron.h"

namespace synfire {

struct ThresholdUnit {
  struct P { float threshold = 0; };
  static constexpr Field<P> fields[] = {{"threshold", &P::threshold, "", -1e3, 1e3, "fires above this"}};
  static constexpr std::string_view state[] = {"v"};

  template <class R, class T>
  static R step(R (&s)[1], R input, const P& p, T& t) {
    s[0] = input;
    return t.fires(input - p.threshold);
  }
};
SYNFIRE_NEURON(ThresholdUnit, "threshold_unit", "The perceptron's step: fires when its input is above the threshold.");

}  // namespace synfire

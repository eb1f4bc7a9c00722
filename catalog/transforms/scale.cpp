// From the smallest to the largest value of the training part, onto low … high.
#include "synfire/def/transform.h"

namespace synfire {

struct ScaleTransform {
  struct P { float low = 0, high = 1; };
  static constexpr Field<P> fields[] = {
      {"low", &P::low, "", 0, 0, "what the smallest training value becomes"},
      {"high", &P::high, "", 0, 0, "what the largest training value becomes"}};

  static Line fit(const Summary& s, const P& p) {
    double scale = s.high > s.low ? (double(p.high) - p.low) / (s.high - s.low) : 0;  // a column that never changes becomes low
    return {scale, p.low - s.low * scale};
  }
};
SYNFIRE_TRANSFORM(ScaleTransform, "scale", "Each feature or channel onto 0 … 1, by its range in the training part.");

}  // namespace synfire

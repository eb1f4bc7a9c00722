// Mirrored from left to right, every other time: for things that have no handedness; not for letters and digits.
#include "synfire/def/transform.h"

namespace synfire {

struct FlipAugmentation {
  struct P { float p = 0.5f; };
  static constexpr Field<P> fields[] = {{"p", &P::p, "", 0, 1, "how often"}};

  static void move(Placement& image, Chance& chance, const P& p) {
    if (chance.happens(double(p.p))) image.mirror();
  }
};
SYNFIRE_AUGMENTATION(FlipAugmentation, "flip", "Mirrors the image from left to right half of the time.");

}  // namespace synfire

// The image moves by a few whole pixels, up to the same number in either direction; what comes in from outside is blank.
#include "synfire/def/transform.h"

namespace synfire {

struct ShiftAugmentation {
  struct P { int pixels = 2; };
  static constexpr Field<P> fields[] = {{"pixels", &P::pixels, "", 0, 1024, "largest move, down or up and right or left"}};

  static void move(Placement& image, Chance& chance, const P& p) {
    int64_t down = chance.whole(-p.pixels, p.pixels), right = chance.whole(-p.pixels, p.pixels);
    image.shift(down, right);
  }
};
SYNFIRE_AUGMENTATION(ShiftAugmentation, "shift", "Moves the image by a few pixels.");

}  // namespace synfire

// The image gets a blank border, and a window of its old size is cut out anywhere. He et al. 2016, section 4.2: border 4 for CIFAR.
#include "synfire/def/transform.h"

namespace synfire {

struct CropAugmentation {
  struct P { int padding = 4; };
  static constexpr Field<P> fields[] = {{"padding", &P::padding, "", 0, 1024, "width of the border"}};

  static void move(Placement& image, Chance& chance, const P& p) {
    // A window whose corner is (top, left) of the padded image shows the image moved by padding - top, padding - left.
    int64_t top = chance.whole(0, 2 * p.padding), left = chance.whole(0, 2 * p.padding);
    image.shift(p.padding - top, p.padding - left);
  }
};
SYNFIRE_AUGMENTATION(CropAugmentation, "crop", "Pads the image and cuts a window of its size out of it.");

}  // namespace synfire

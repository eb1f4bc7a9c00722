// A shortcut without parameters: every stride-th pixel, and new channels that are zero, half of them before the old ones, half
// behind. He et al. 2016, section 3.3, option A.
#include "synfire/def/layer.h"
#include "synfire/def/windows.h"

namespace synfire {

struct ShortcutALayer {
  struct P {
    int filters = required;
    Pair stride{1, 1};
  };
  static inline const Field<P> fields[] = {
      {"filters", &P::filters, "", 1, 1e6, "channels of the result, at least as many as before"},
      {"stride", &P::stride, "", 1, 1024, "one pixel of so many is taken"}};

  static Value build(Builder& b, Value x, const P& p) {
    expect_image({x.dtype(), x.shape()}, "shortcut_a");
    int64_t more = p.filters - x.shape()[3];
    if (more < 0) refuse(fmt::format("shortcut_a adds channels, and {} filters are fewer than the {} channels that it gets", p.filters, x.shape()[3]));
    if (p.stride.h != 1 || p.stride.w != 1) x = b.op("subsample", {x}, {{"stride", std::vector<int64_t>{p.stride.h, p.stride.w}}});
    return more ? b.op("pad", {x}, {{"before", more / 2}, {"after", more - more / 2}}) : x;
  }
};
SYNFIRE_LAYER(ShortcutALayer, "shortcut_a", "A shortcut without parameters: every stride-th pixel, new channels zero.");

}  // namespace synfire

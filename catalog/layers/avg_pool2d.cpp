// The mean of each window of an image, channel by channel.
#include "synfire/def/layer.h"
#include "synfire/def/windows.h"

namespace synfire {

struct AvgPool2dLayer {
  struct P {
    Pair size{2, 2}, stride{0, 0};
    Padding padding{"valid"};
  };
  static inline const Field<P> fields[] = {
      {"size", &P::size, "", 1, 1024, "height and width of the window"},
      {"stride", &P::stride, "", 0, 1024, "pixels from one window to the next; 0: the window's size"},
      {"padding", &P::padding, "", 0, 512, "border around the image; \"valid\": none"}};

  static Value build(Builder& b, Value x, const P& p) {
    expect_image({x.dtype(), x.shape()}, "avg_pool2d");
    using Ints = std::vector<int64_t>;
    return b.op("avg_pool2d", {x}, {{"size", Ints{p.size.h, p.size.w}}, {"padding", padding_of(p.padding, p.size)},
                                   {"stride", Ints{p.stride.h ? p.stride.h : p.size.h, p.stride.w ? p.stride.w : p.size.w}}});
  }
};
SYNFIRE_LAYER(AvgPool2dLayer, "avg_pool2d", "The mean of each window of an image; its padding counts as zeros.");

}  // namespace synfire

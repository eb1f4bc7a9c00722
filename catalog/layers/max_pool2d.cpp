// The largest of each window of an image, channel by channel.
#include "synfire/def/layer.h"
#include "synfire/def/windows.h"

namespace synfire {

struct MaxPool2dLayer {
  using P = Pooling;
  static constexpr std::span<const Field<P>> fields{Pooling::fields};

  static Value build(Builder& b, Value x, const P& p) {
    expect_image({x.dtype(), x.shape()}, "max_pool2d");
    return b.op("max_pool2d", {x}, p.attrs());
  }
};
SYNFIRE_LAYER(MaxPool2dLayer, "max_pool2d", "The largest of each window of an image.");

}  // namespace synfire

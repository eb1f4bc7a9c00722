// The mean of each window of an image, channel by channel.
#include "synfire/def/layer.h"
#include "synfire/def/windows.h"

namespace synfire {

struct AvgPool2dLayer {
  using P = Pooling;
  static constexpr std::span<const Field<P>> fields{Pooling::fields};

  static Value build(Builder& b, Value x, const P& p) {
    expect_image({x.dtype(), x.shape()}, "avg_pool2d");
    return b.op("avg_pool2d", {x}, p.attrs());
  }
};
SYNFIRE_LAYER(AvgPool2dLayer, "avg_pool2d", "The mean of each window of an image; its padding counts as zeros.");

}  // namespace synfire

// The mean of each channel over the whole image, [B, H, W, C] -> [B, C]: the end of most convolutional nets. Lin et al. 2014.
#include "synfire/def/layer.h"
#include "synfire/def/windows.h"

namespace synfire {

struct GlobalAvgPool2dLayer {
  static Value build(Builder& b, Value x, const NoParams&) {
    expect_image({x.dtype(), x.shape()}, "global_avg_pool2d");
    return b.op("global_avg_pool", {x});
  }
};
SYNFIRE_LAYER(GlobalAvgPool2dLayer, "global_avg_pool2d", "The mean of each channel over the whole image.");

}  // namespace synfire

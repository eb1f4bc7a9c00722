// Convolution of images [B, H, W, C] (LeCun et al. 1989), then the activation. Its weights lie as [filters, KH KW C/groups];
// files see PyTorch's [filters, C/groups, KH, KW].
#include "synfire/def/layer.h"
#include "synfire/def/windows.h"

namespace synfire {

struct Conv2dLayer {
  struct P {
    int filters = required;
    Pair kernel{3, 3}, stride{1, 1};
    Padding padding{"same"};
    int groups = 1;
    bool bias = true;
    Choice activation{"linear", {}}, init{"torch", {}};
  };
  static inline const Field<P> fields[] = {
      {"filters", &P::filters, "", 1, 1e6, "channels of the result"},
      {"kernel", &P::kernel, "", 1, 1024, "height and width of the window"},
      {"stride", &P::stride, "", 1, 1024, "pixels from one window to the next"},
      {"padding", &P::padding, "", 0, 1024, "zeros around the image; \"same\": as many as keep its size at stride 1 (kernel 3: 1 on each side)"},
      {"groups", &P::groups, "", 1, 1e6, "channels are convolved in so many groups of their own; as many as channels: depthwise"},
      {"bias", &P::bias, "", 0, 0, "add a learned constant to each filter"},
      {"activation", &P::activation, "activation", 0, 0, "what is done to the sums"},
      {"init", &P::init, "initializer", 0, 0, "first numbers of the weights"}};

  static Value build(Builder& b, Value x, const P& p) {
    expect_image({x.dtype(), x.shape()}, "conv2d");
    int64_t C = x.shape()[3], OC = p.filters, KH = p.kernel.h, KW = p.kernel.w;
    if (C % p.groups || OC % p.groups)
      refuse(fmt::format("{} groups do not divide {} channels into {} filters", p.groups, C, OC), "groups must divide both");
    int64_t part = C / p.groups, inputs = KH * KW * part;
    External external{{OC, KH, KW, part}, {0, 3, 1, 2}, {OC, part, KH, KW}};
    Values in{x, b.param("weight", {OC, inputs}, p.init, inputs, KH * KW * OC / p.groups, external)};
    if (p.bias) in.push_back(b.vector_param("bias", OC, p.init.kind == "torch" ? p.init : Choice{"zeros", {}}, inputs));
    using Ints = std::vector<int64_t>;
    Value y = b.op("conv2d", in, {{"kernel", Ints{KH, KW}}, {"stride", Ints{p.stride.h, p.stride.w}},
                                  {"padding", padding_of(p.padding, p.kernel)}, {"groups", int64_t{p.groups}}});
    return b.activation(p.activation, y);
  }
};
SYNFIRE_LAYER(Conv2dLayer, "conv2d", "Convolution: every filter looks at each window of an image with the same weights.");

}  // namespace synfire

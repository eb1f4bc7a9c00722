// Windows that move over images [B, H, W, C]: what ops and layers of convolution and pooling share about sizes, strides and padding.
#pragma once
#include "synfire/def/op_def.h"
#include "synfire/def/param.h"
#include "synfire/tensor/pool2d.h"

namespace synfire {

// Refuses what is no image.
void expect_image(const Type& t, std::string_view op);

struct Window {
  int64_t KH, KW, SH, SW, PT, PL, PB, PR;  // size, stride, zeros around the image: top, left, bottom, right
};
// From attributes `size` ("kernel", "size") [height, width], "stride" (absent: `stride`) and "padding" [top, left, bottom, right]
// (absent: none); refuses what does not fit into an image of H x W.
Window window_of(const Attrs& attrs, std::string_view size, Pair stride, int64_t H, int64_t W);

// Pools: attributes size, stride (absent: size), padding. x is [B, H, W, C]; of a gradient, "input" [H, W] tells x's size.
PoolShape pool_shape(const Shape& x, const Attrs& attrs);
PoolShape pool_grad_shape(const Shape& dy, const Attrs& attrs);
Shape pooled(const PoolShape& s);                    // [B, OH, OW, C]
Attrs with_input(Attrs attrs, const Shape& x);       // "input" added
std::vector<std::pair<Shape, Attrs>> pool_cases();   // shapes of x and windows on which pools are tried

// A layer's padding as attribute. "same" keeps H and W at stride 1 and gives ceil(H / stride) otherwise; what it adds is split
// as in PyTorch: kernel 3 gets 1 on each side at any stride; of an even kernel's zeros the larger half comes behind.
std::vector<int64_t> padding_of(const Padding& padding, Pair kernel);

// What a layer of pooling is asked for, and the attributes of its op.
struct Pooling {
  Pair size{2, 2}, stride{0, 0};
  Padding padding{"valid"};

  Attrs attrs() const {
    return {{"size", std::vector<int64_t>{size.h, size.w}}, {"padding", padding_of(padding, size)},
            {"stride", std::vector<int64_t>{stride.h ? stride.h : size.h, stride.w ? stride.w : size.w}}};
  }
  static inline const Field<Pooling> fields[] = {
      {"size", &Pooling::size, "", 1, 1024, "height and width of the window"},
      {"stride", &Pooling::stride, "", 0, 1024, "pixels from one window to the next; 0: the window's size"},
      {"padding", &Pooling::padding, "", 0, 512, "border around the image; \"valid\": none"}};
};

// Calls f(index in y, index in x, place in the window) for every pixel of every window of a pool that lies in the image.
template <class F>
void for_windows(const PoolShape& s, const F& f) {
  for (int64_t i = 0, n = s.N * s.OH() * s.OW() * s.C; i < n; ++i) {
    int64_t pixel = i / s.C, image = pixel / (s.OH() * s.OW()), top = pixel / s.OW() % s.OH() * s.SH - s.PT, left = pixel % s.OW() * s.SW - s.PL;
    for (int64_t k = 0; k < s.KH * s.KW; ++k) {
      int64_t h = top + k / s.KW, w = left + k % s.KW;
      if (h >= 0 && w >= 0 && h < s.H && w < s.W) f(i, ((image * s.H + h) * s.W + w) * s.C + i % s.C, k);
    }
  }
}

}  // namespace synfire

// Every stride-th pixel of an image, and its transpose, which spreads pixels out among zeros.
#include <algorithm>
#include <array>

#include "synfire/def/windows.h"

namespace synfire {
namespace {

std::array<int64_t, 2> subsample_stride(const Attrs& attrs) {
  std::vector<int64_t> s = attrs.ints("stride");
  if (s.size() != 2 || std::min(s[0], s[1]) < 1) refuse("stride should be [height, width], each at least 1");
  return {s[0], s[1]};
}
Shape subsampled(const Shape& x, const Attrs& attrs) {
  auto [sh, sw] = subsample_stride(attrs);
  return {x[0], (x[1] + sh - 1) / sh, (x[2] + sw - 1) / sw, x[3]};
}

// Rows [first, last) of the small image: x[n, h sh, w sw, c] is y[n, h, w, c].
template <class R>
void take_rows(const R* x, const Shape& large, R* y, const Shape& small, int64_t sh, int64_t sw, int64_t first, int64_t last) {
  int64_t C = small[3];
  for (int64_t r = first; r < last; ++r) {
    const R* from = x + (r / small[1] * large[1] + r % small[1] * sh) * large[2] * C;
    for (int64_t w = 0; w < small[2]; ++w) std::copy_n(from + w * sw * C, C, y + (r * small[2] + w) * C);
  }
}
// Rows [first, last) of the large image.
template <class R>
void spread_rows(const R* y, const Shape& small, R* x, const Shape& large, int64_t sh, int64_t sw, int64_t first, int64_t last) {
  int64_t C = small[3], row = large[2] * C;
  for (int64_t r = first; r < last; ++r) {
    int64_t h = r % large[1];
    std::fill_n(x + r * row, row, R(0));
    if (h % sh) continue;
    const R* from = y + (r / large[1] * small[1] + h / sh) * small[2] * C;
    for (int64_t w = 0; w < small[2]; ++w) std::copy_n(from + w * C, C, x + r * row + w * sw * C);
  }
}
int image_slices(const Shape& s) { return static_cast<int>(std::clamp<int64_t>(std::min(s[0] * s[1], s.numel() / 16384), 1, 16)); }

}  // namespace

struct SubsampleOp {
  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "subsample");
    expect_image(in[0], "subsample");
    return {{DType::f32, subsampled(in[0].shape, attrs)}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    auto [sh, sw] = subsample_stride(c.attrs);
    take_rows(c.input(0), c.in[0].shape, c.output(), c.out[0].shape, sh, sw, 0, c.out[0].shape[0] * c.out[0].shape[1]);
  }
  static Kernel bind(const Binding& b) {
    auto [sh, sw] = subsample_stride(b.attrs);
    Shape large = b.in[0].shape, small = b.out[0].shape;
    int slices = image_slices(small);
    return {{slices, [=, sh = sh, sw = sw, x = b.in[0].f32(), y = b.out[0].f32(), rows = small[0] * small[1]](int i) {
      take_rows(x, large, y, small, sh, sw, rows * i / slices, rows * (i + 1) / slices);
    }}};
  }
  static Values grad(Graph& g, const Gradient& c) { return {g.op("spread", {c.dout[0]}, with_input(c.attrs, c.in[0].shape()))}; }
  static std::vector<Sample> samples() {
    using Ints = std::vector<int64_t>;
    return {{{{DType::f32, {2, 6, 8, 3}}}, {{"stride", Ints{2, 2}}}}, {{{DType::f32, {1, 5, 7, 16}}}, {{"stride", Ints{2, 3}}}}, {{{DType::f32, {4, 64, 33, 16}}}, {{"stride", Ints{2, 1}}}}};
  }
};
SYNFIRE_OP(SubsampleOp, "subsample", "Every stride-th pixel of an image.");

struct SpreadOp {
  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "spread");
    expect_image(in[0], "spread");
    std::vector<int64_t> hw = attrs.ints("input");
    if (hw.size() != 2 || std::min(hw[0], hw[1]) < 1) refuse("spread needs input [height, width]");
    Shape x{in[0].shape[0], hw[0], hw[1], in[0].shape[3]};
    if (!(subsampled(x, attrs) == in[0].shape)) refuse(fmt::format("{} is not what is left of {}", in[0].shape.str(), x.str()));
    return {{DType::f32, x}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    auto [sh, sw] = subsample_stride(c.attrs);
    spread_rows(c.input(0), c.in[0].shape, c.output(), c.out[0].shape, sh, sw, 0, c.out[0].shape[0] * c.out[0].shape[1]);
  }
  static Kernel bind(const Binding& b) {
    auto [sh, sw] = subsample_stride(b.attrs);
    Shape small = b.in[0].shape, large = b.out[0].shape;
    int slices = image_slices(large);
    return {{slices, [=, sh = sh, sw = sw, y = b.in[0].f32(), x = b.out[0].f32(), rows = large[0] * large[1]](int i) {
      spread_rows(y, small, x, large, sh, sw, rows * i / slices, rows * (i + 1) / slices);
    }}};
  }
  static Values grad(Graph& g, const Gradient& c) { return {g.op("subsample", {c.dout[0]}, c.attrs)}; }
  static std::vector<Sample> samples() {
    using Ints = std::vector<int64_t>;
    return {{{{DType::f32, {2, 3, 4, 3}}}, {{"stride", Ints{2, 2}}, {"input", Ints{6, 8}}}}, {{{DType::f32, {1, 3, 3, 16}}}, {{"stride", Ints{2, 3}}, {"input", Ints{5, 7}}}},
            {{{DType::f32, {4, 32, 17, 16}}}, {{"stride", Ints{2, 2}}, {"input", Ints{64, 33}}}}};
  }
};
SYNFIRE_OP(SpreadOp, "spread", "Pixels spread out among zeros: the gradient of subsample.");

}  // namespace synfire

// Checks and conversions of windows over images.
#include "synfire/def/windows.h"

#include <algorithm>

namespace synfire {

void expect_image(const Type& t, std::string_view op) {
  if (t.shape.rank() != 4 || t.dtype != DType::f32)
    refuse(fmt::format("{} takes images [B, H, W, C], got {} {}", op, name_of(t.dtype), t.shape.str()), "vectors go through layers of kind \"dense\"");
}

Window window_of(const Attrs& attrs, std::string_view size, Pair stride, int64_t H, int64_t W) {
  std::vector<int64_t> k = attrs.ints(size), s = attrs.ints("stride"), p = attrs.ints("padding");
  if (s.empty()) s = {stride.h, stride.w};
  if (p.empty()) p = {0, 0, 0, 0};
  if (k.size() != 2 || s.size() != 2 || p.size() != 4) refuse(fmt::format("a window needs {} [height, width], stride [height, width], padding [top, left, bottom, right]", size));
  if (std::min({k[0], k[1], s[0], s[1]}) < 1 || *std::min_element(p.begin(), p.end()) < 0) refuse(fmt::format("{} and stride of a window must be positive", size));
  if (H + p[0] + p[2] < k[0] || W + p[1] + p[3] < k[1])
    refuse(fmt::format("a window of {} x {} is larger than the image of {} x {} with its padding", k[0], k[1], H, W), fmt::format("make {} smaller or padding larger", size));
  return {k[0], k[1], s[0], s[1], p[0], p[1], p[2], p[3]};
}

PoolShape pool_shape(const Shape& x, const Attrs& attrs) {
  std::vector<int64_t> size = attrs.ints("size");
  Pair stride = size.size() == 2 ? Pair{static_cast<int>(size[0]), static_cast<int>(size[1])} : Pair{};
  Window w = window_of(attrs, "size", stride, x[1], x[2]);
  if (std::max(w.PT, w.PB) >= w.KH || std::max(w.PL, w.PR) >= w.KW)
    refuse(fmt::format("the padding of a pool must be smaller than its window of {} x {}", w.KH, w.KW), "a window of nothing but padding has no pixel to take");
  return {x[0], x[1], x[2], x[3], w.KH, w.KW, w.SH, w.SW, w.PT, w.PL, w.PB, w.PR};
}

PoolShape pool_grad_shape(const Shape& dy, const Attrs& attrs) {
  std::vector<int64_t> hw = attrs.ints("input");
  if (hw.size() != 2) refuse("the gradient of a pool needs input [height, width]");
  PoolShape s = pool_shape({dy[0], hw[0], hw[1], dy[3]}, attrs);
  if (!(pooled(s) == dy)) refuse(fmt::format("a slope of this pool is {}, got {}", pooled(s).str(), dy.str()));
  return s;
}

Shape pooled(const PoolShape& s) { return {s.N, s.OH(), s.OW(), s.C}; }

Attrs with_input(Attrs attrs, const Shape& x) {
  attrs.set("input", std::vector<int64_t>{x[1], x[2]});
  return attrs;
}

std::vector<std::pair<Shape, Attrs>> pool_cases() {
  using Ints = std::vector<int64_t>;
  return {{{2, 4, 6, 3}, {{"size", Ints{2, 2}}}}, {{1, 6, 8, 16}, {{"size", Ints{2, 2}}}}, {{2, 5, 7, 8}, {{"size", Ints{2, 2}}}},
          {{1, 7, 6, 9}, {{"size", Ints{3, 3}}, {"stride", Ints{2, 2}}, {"padding", Ints{1, 1, 1, 1}}}},
          {{2, 5, 4, 2}, {{"size", Ints{3, 2}}, {"stride", Ints{1, 1}}, {"padding", Ints{1, 0, 0, 1}}}}, {{1, 3, 3, 1}, {{"size", Ints{1, 1}}, {"stride", Ints{2, 2}}}},
          {{3, 33, 33, 24}, {{"size", Ints{3, 3}}, {"stride", Ints{2, 2}}}}};  // several slices
}

std::vector<int64_t> padding_of(const Padding& padding, Pair kernel) {
  if (padding.mode == "valid") return {0, 0, 0, 0};
  if (padding.mode == "same") return {(kernel.h - 1) / 2, (kernel.w - 1) / 2, kernel.h / 2, kernel.w / 2};
  return {padding.h, padding.w, padding.h, padding.w};
}

}  // namespace synfire

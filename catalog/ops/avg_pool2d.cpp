// Mean pooling of images, and its gradient, which is its transpose. Attributes: size [KH, KW], stride,
// padding [top, left, bottom, right], whose zeros count in the mean as in PyTorch unless count_padding is false.
#include <algorithm>

#include "synfire/def/windows.h"

namespace synfire {
namespace {

// Calls f(index in y, index in x, weight) for every pixel of every window that lies in the image.
template <class F>
void for_weighted(const PoolShape& s, bool count_padding, const F& f) {
  std::vector<int64_t> counts(static_cast<size_t>(pooled(s).numel()), 0);
  for_windows(s, [&](int64_t y, int64_t, int64_t) { ++counts[y]; });
  for_windows(s, [&](int64_t y, int64_t x, int64_t) { f(y, x, 1.0 / static_cast<double>(count_padding ? s.KH * s.KW : counts[y])); });
}

std::vector<std::pair<Shape, Attrs>> avg_pool_cases() {  // once with the padding in the mean, once without
  std::vector<std::pair<Shape, Attrs>> cases = pool_cases();
  for (auto [x, attrs] : pool_cases())
    if (attrs.find("padding")) attrs.set("count_padding", false), cases.emplace_back(x, attrs);
  return cases;
}

}  // namespace

struct AvgPool2dOp {
  static constexpr Flags flags{.epilogue = true};

  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "avg_pool2d");
    expect_image(in[0], "avg_pool2d");
    return {{DType::f32, pooled(pool_shape(in[0].shape, attrs))}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    std::fill_n(c.output(), c.out[0].shape.numel(), R(0));
    for_weighted(pool_shape(c.in[0].shape, c.attrs), c.attrs.flag("count_padding", true),
                 [&](int64_t y, int64_t x, double weight) { c.output()[y] += c.input(0)[x] * static_cast<R>(weight); });
  }
  static Kernel bind(const Binding& b) {
    PoolShape s = pool_shape(b.in[0].shape, b.attrs);
    bool count = b.attrs.flag("count_padding", true);
    return {{pool2d_slices(s), [=, x = b.in[0].f32(), y = b.out[0].f32(), epilogue = b.epilogue](int i) { avg_pool2d(s, count, i, x, y, epilogue); }}};
  }
  static Values grad(Graph& g, const Gradient& c) {
    return {g.op("avg_pool2d_grad", {c.dout[0]}, with_input(c.attrs, c.in[0].shape()))};
  }
  static std::vector<Sample> samples() {
    std::vector<Sample> v;
    for (const auto& [x, attrs] : avg_pool_cases()) v.push_back({{{DType::f32, x}}, attrs});
    return v;
  }
};
SYNFIRE_OP(AvgPool2dOp, "avg_pool2d", "The mean of each window of an image.");

struct AvgPool2dGradOp {
  static constexpr Flags flags{.epilogue = true};

  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "avg_pool2d_grad");
    expect_image(in[0], "avg_pool2d_grad");
    PoolShape s = pool_grad_shape(in[0].shape, attrs);
    return {{DType::f32, {s.N, s.H, s.W, s.C}}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    std::fill_n(c.output(), c.out[0].shape.numel(), R(0));
    for_weighted(pool_grad_shape(c.in[0].shape, c.attrs), c.attrs.flag("count_padding", true),
                 [&](int64_t y, int64_t x, double weight) { c.output()[x] += c.input(0)[y] * static_cast<R>(weight); });
  }
  static Kernel bind(const Binding& b) {
    PoolShape s = pool_grad_shape(b.in[0].shape, b.attrs);
    bool count = b.attrs.flag("count_padding", true);
    return {{pool2d_slices(s), [=, dy = b.in[0].f32(), dx = b.out[0].f32(), epilogue = b.epilogue](int i) { avg_pool2d_grad(s, count, i, dy, dx, epilogue); }}};
  }
  static Values grad(Graph& g, const Gradient& c) { return {g.op("avg_pool2d", {c.dout[0]}, c.attrs)}; }
  static std::vector<Sample> samples() {
    std::vector<Sample> v;
    for (const auto& [x, attrs] : avg_pool_cases()) v.push_back({{{DType::f32, pooled(pool_shape(x, attrs))}}, with_input(attrs, x)});
    return v;
  }
};
SYNFIRE_OP(AvgPool2dGradOp, "avg_pool2d_grad", "Gradient of avg_pool2d: each slope is shared out over its window.");

}  // namespace synfire

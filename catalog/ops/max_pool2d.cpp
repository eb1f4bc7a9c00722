// Max pooling of images: the largest of each window, and where in the window it was. The gradient puts a slope back there;
// the gradient's gradient gathers from there. Attributes: size [KH, KW], stride, padding [top, left, bottom, right].
#include <algorithm>
#include <limits>

#include "synfire/def/windows.h"

namespace synfire {
namespace {

PoolShape max_pool_shape(const Shape& x, const Attrs& attrs) {
  PoolShape s = pool_shape(x, attrs);
  if (s.KH > 256 || s.KW > 256 || s.KH * s.KW > 256) refuse(fmt::format("a max pool of {} x {} is larger than 256 pixels", s.KH, s.KW));
  return s;
}
void expect_argmax(const Type& t, const Shape& pooled) {
  if (t.dtype != DType::u8 || !(t.shape == pooled)) refuse(fmt::format("positions should be u8 {}, got {} {}", pooled.str(), name_of(t.dtype), t.shape.str()));
}
double window_size(const Attrs& attrs) { return static_cast<double>(attrs.ints("size")[0] * attrs.ints("size")[1]); }

}  // namespace

struct MaxPool2dOp {
  static constexpr Flags flags{.epilogue = true};

  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "max_pool2d");
    expect_image(in[0], "max_pool2d");
    Shape y = pooled(max_pool_shape(in[0].shape, attrs));
    return {{DType::f32, y}, {DType::u8, y}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    uint8_t* where = static_cast<uint8_t*>(c.out[1].data);
    std::fill_n(c.output(), c.out[0].shape.numel(), -std::numeric_limits<R>::infinity());
    std::fill_n(where, c.out[0].shape.numel(), uint8_t{0});
    for_windows(max_pool_shape(c.in[0].shape, c.attrs), [&](int64_t y, int64_t x, int64_t k) {
      R v = c.input(0)[x];
      if (v > c.output()[y] || v != v) c.output()[y] = v, where[y] = static_cast<uint8_t>(k);
    });
  }
  static Kernel bind(const Binding& b) {
    PoolShape s = max_pool_shape(b.in[0].shape, b.attrs);
    return {{pool2d_slices(s), [=, x = b.in[0].f32(), y = b.out[0].f32(), where = b.out[1].as<uint8_t>(), epilogue = b.epilogue](int i) {
      max_pool2d(s, i, x, y, where, epilogue);
    }}};
  }
  static Values grad(Graph& g, const Gradient& c) {
    if (!c.dout[0]) return {Value{}};
    return {g.op("max_pool2d_grad", {c.dout[0], c.out[1]}, with_input(c.attrs, c.in[0].shape()))};
  }
  static std::vector<Sample> samples() {
    std::vector<Sample> v;
    for (const auto& [x, attrs] : pool_cases()) v.push_back({{{DType::f32, x}}, attrs, -40, 40, 1e-3});
    return v;
  }
};
SYNFIRE_OP(MaxPool2dOp, "max_pool2d", "The largest of each window of an image, and where in the window it was.");

struct MaxPool2dGradOp {
  static constexpr Flags flags{.epilogue = true};

  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 2, "max_pool2d_grad");
    expect_image(in[0], "max_pool2d_grad");
    expect_argmax(in[1], in[0].shape);
    PoolShape s = pool_grad_shape(in[0].shape, attrs);
    return {{DType::f32, {s.N, s.H, s.W, s.C}}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    const uint8_t* where = c.template input_as<uint8_t>(1);
    std::fill_n(c.output(), c.out[0].shape.numel(), R(0));
    for_windows(pool_grad_shape(c.in[0].shape, c.attrs), [&](int64_t y, int64_t x, int64_t k) { if (where[y] == k) c.output()[x] += c.input(0)[y]; });
  }
  static Kernel bind(const Binding& b) {
    PoolShape s = pool_grad_shape(b.in[0].shape, b.attrs);
    return {{pool2d_slices(s), [=, dy = b.in[0].f32(), where = b.in[1].as<uint8_t>(), dx = b.out[0].f32(), epilogue = b.epilogue](int i) {
      max_pool2d_grad(s, i, dy, where, dx, epilogue);
    }}};
  }
  static Values grad(Graph& g, const Gradient& c) { return {g.op("max_pool2d_gather", {c.dout[0], c.in[1]}, c.attrs), Value{}}; }
  static std::vector<Sample> samples() {
    std::vector<Sample> v;
    for (const auto& [x, attrs] : pool_cases()) {
      Shape y = pooled(pool_shape(x, attrs));
      v.push_back({{{DType::f32, y}, {DType::u8, y}}, with_input(attrs, x), -1, window_size(attrs)});
    }
    return v;
  }
};
SYNFIRE_OP(MaxPool2dGradOp, "max_pool2d_grad", "Gradient of max_pool2d: each slope goes to where its window's largest was.");

struct MaxPool2dGatherOp {
  static constexpr Flags flags{.epilogue = true};

  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 2, "max_pool2d_gather");
    expect_image(in[0], "max_pool2d_gather");
    Shape y = pooled(max_pool_shape(in[0].shape, attrs));
    expect_argmax(in[1], y);
    return {{DType::f32, y}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    const uint8_t* where = c.template input_as<uint8_t>(1);
    std::fill_n(c.output(), c.out[0].shape.numel(), R(0));
    for_windows(max_pool_shape(c.in[0].shape, c.attrs), [&](int64_t y, int64_t x, int64_t k) { if (where[y] == k) c.output()[y] = c.input(0)[x]; });
  }
  static Kernel bind(const Binding& b) {
    PoolShape s = max_pool_shape(b.in[0].shape, b.attrs);
    return {{pool2d_slices(s), [=, x = b.in[0].f32(), where = b.in[1].as<uint8_t>(), y = b.out[0].f32(), epilogue = b.epilogue](int i) {
      max_pool2d_gather(s, i, x, where, y, epilogue);
    }}};
  }
  static Values grad(Graph& g, const Gradient& c) {
    return {g.op("max_pool2d_grad", {c.dout[0], c.in[1]}, with_input(c.attrs, c.in[0].shape())), Value{}};
  }
  static std::vector<Sample> samples() {
    std::vector<Sample> v;
    for (const auto& [x, attrs] : pool_cases())
      v.push_back({{{DType::f32, x}, {DType::u8, pooled(pool_shape(x, attrs))}}, attrs, -1, window_size(attrs)});
    return v;
  }
};
SYNFIRE_OP(MaxPool2dGatherOp, "max_pool2d_gather", "Takes from each window the pixel at a given place in it.");

}  // namespace synfire

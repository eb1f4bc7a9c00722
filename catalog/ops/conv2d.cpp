// Convolution of images and its two gradients. All three are one form, linear in image, weights and slope, so that each one's
// gradient is made of the other two: dx = input_grad(dy, w), dw = weight_grad(x, dy), and again for gradients of gradients.
#include <algorithm>

#include "synfire/def/windows.h"
#include "synfire/tensor/conv.h"
#include "synfire/tensor/panels.h"

namespace synfire {
namespace {

// Attributes: kernel [KH, KW], stride [SH, SW], padding [top, left, bottom, right], groups; of gradients also input [H, W].
ConvShape conv_shape(const Shape& image, int64_t OC, const Attrs& attrs) {
  Window w = window_of(attrs, "kernel", {1, 1}, image[1], image[2]);
  ConvShape s{image[0], image[1], image[2], image[3], OC, w.KH, w.KW, w.SH, w.SW, w.PT, w.PL, w.PB, w.PR, attrs.integer("groups", 1)};
  if (s.groups < 1 || s.C % s.groups || OC % s.groups)
    refuse(fmt::format("{} groups do not divide {} channels into {}", s.groups, s.C, OC), "groups must divide the channels of the image and the filters");
  return s;
}

void expect_weights(const ConvShape& s, const Shape& w) {
  if (!(w == Shape{s.OC, s.K()})) refuse(fmt::format("weights of this convolution are {}, got {}", Shape{s.OC, s.K()}.str(), w.str()));
}
Shape conv_result(const ConvShape& s) { return {s.N, s.OH(), s.OW(), s.OC}; }

ConvShape forward_shape(const Types& in, const Attrs& attrs) { return conv_shape(in[0].shape, in[1].shape[0], attrs); }
ConvShape input_grad_shape(const Types& in, const Attrs& attrs) {  // dy, w
  std::vector<int64_t> k = attrs.ints("kernel"), hw = attrs.ints("input");
  if (k.size() != 2 || hw.size() != 2 || std::min(k[0], k[1]) < 1) refuse("conv2d_input_grad needs kernel and input [height, width]");
  int64_t C = in[1].shape[1] / (k[0] * k[1]) * attrs.integer("groups", 1);
  return conv_shape({in[0].shape[0], hw[0], hw[1], C}, in[1].shape[0], attrs);
}
ConvShape weight_grad_shape(const Types& in, const Attrs& attrs) { return conv_shape(in[0].shape, in[1].shape[3], attrs); }  // x, dy

// Calls f(index in y, in x, in w) for every product; w in rows.
template <class F>
void for_products(const ConvShape& s, const F& f) {
  int64_t Cg = s.C / s.groups, OCg = s.OC / s.groups;
  for (int64_t i = 0, pixels = s.N * s.OH() * s.OW(); i < pixels; ++i)
    for (int64_t kh = 0; kh < s.KH; ++kh)
      for (int64_t kw = 0; kw < s.KW; ++kw) {
        int64_t n = i / (s.OH() * s.OW()), h = i / s.OW() % s.OH() * s.SH - s.PT + kh, w = i % s.OW() * s.SW - s.PL + kw;
        if (h < 0 || w < 0 || h >= s.H || w >= s.W) continue;
        for (int64_t o = 0; o < s.OC; ++o)
          for (int64_t c = 0; c < Cg; ++c)
            f(i * s.OC + o, ((n * s.H + h) * s.W + w) * s.C + o / OCg * Cg + c, o * s.K() + (kh * s.KW + kw) * Cg + c);
      }
}

int64_t conv_panel_floats(const ConvShape& s) { return (s.OC + 15) / 16 * 16 * s.K(); }
int64_t padded_bytes(int64_t bytes) { return (bytes + 63) / 64 * 64; }

int parts_of_weights(int64_t floats) { return static_cast<int>(std::clamp<int64_t>(floats / 8192, 1, 8)); }  // slices that rearrange them

// The weights in panels: as they are, or from a first phase that puts them into `room`.
const float* weights_in_panels(const View& w, const ConvShape& s, float* room, Kernel& kernel) {
  if (w.layout == Layout::panels) return w.f32();
  kernel.push_back({1, [=, from = w.f32()](int) { to_panels(from, s.OC, s.K(), s.K(), 1, room); }});
  return room;
}

// Convolutions that meet the kernels' borders: strides, odd sizes, windows beyond the image, groups, depthwise, one image.
const ConvShape kConvSamples[] = {
    {2, 5, 6, 3, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1}, {1, 7, 9, 3, 20, 3, 3, 2, 2, 1, 1, 1, 1, 1}, {2, 4, 4, 5, 17, 1, 1, 1, 1, 0, 0, 0, 0, 1},
    {1, 6, 8, 4, 6, 1, 1, 2, 2, 0, 0, 0, 0, 1}, {2, 5, 5, 6, 9, 3, 3, 1, 1, 1, 1, 1, 1, 3}, {2, 6, 5, 8, 8, 3, 3, 2, 1, 0, 1, 1, 1, 8},
    {1, 3, 3, 18, 18, 3, 3, 1, 1, 1, 1, 1, 1, 18}, {3, 2, 2, 2, 3, 2, 2, 1, 1, 0, 0, 0, 0, 1}, {1, 4, 5, 2, 3, 5, 3, 1, 2, 2, 0, 2, 3, 1},
    {4, 16, 16, 16, 40, 3, 3, 1, 1, 1, 1, 1, 1, 1}, {4, 16, 16, 32, 32, 3, 3, 2, 2, 1, 1, 1, 1, 32},  // several slices
    {2, 9, 8, 16, 32, 3, 3, 1, 1, 1, 1, 1, 1, 1}, {2, 8, 6, 32, 16, 5, 3, 1, 1, 2, 2, 1, 0, 1}};
Attrs conv_attrs(const ConvShape& s) {
  using Ints = std::vector<int64_t>;
  return {{"kernel", Ints{s.KH, s.KW}}, {"stride", Ints{s.SH, s.SW}}, {"padding", Ints{s.PT, s.PL, s.PB, s.PR}}, {"groups", s.groups}, {"input", Ints{s.H, s.W}}};
}
Type conv_x(const ConvShape& s) { return {DType::f32, {s.N, s.H, s.W, s.C}}; }
Type conv_w(const ConvShape& s) { return {DType::f32, {s.OC, s.K()}}; }
Type conv_y(const ConvShape& s) { return {DType::f32, conv_result(s)}; }

}  // namespace

struct Conv2dOp {
  static constexpr Flags flags{.panel_inputs = 2, .epilogue = true};

  static Types infer(const Types& in, const Attrs& attrs) {
    if (in.size() != 2 && in.size() != 3) refuse(fmt::format("conv2d takes image, weights and perhaps a bias, got {} inputs", in.size()));
    expect_image(in[0], "conv2d");
    if (in[1].shape.rank() != 2) refuse(fmt::format("weights of a convolution are a matrix, got {}", in[1].shape.str()));
    ConvShape s = forward_shape(in, attrs);
    expect_weights(s, in[1].shape);
    if (in.size() == 3 && !(in[2].shape == Shape{s.OC})) refuse(fmt::format("the bias should be {}, got {}", Shape{s.OC}.str(), in[2].shape.str()));
    return {conv_y(s)};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    ConvShape s = forward_shape(types_of(c.in), c.attrs);
    for (int64_t i = 0, n = c.out[0].shape.numel(); i < n; ++i) c.output()[i] = c.in.size() == 3 ? c.input(2)[i % s.OC] : R(0);
    for_products(s, [&](int64_t y, int64_t x, int64_t w) { c.output()[y] += c.input(0)[x] * c.input(1)[w]; });
  }
  static Workspace workspace(const Types& in, const Attrs& attrs) {
    ConvShape s = forward_shape(in, attrs);
    return {padded_bytes(conv2d_ready_floats(s) * 4) + conv_panel_floats(s) * 4, static_cast<int64_t>(conv2d_scratch(s))};
  }
  static Kernel bind(const Binding& b) {
    ConvShape s = forward_shape(types_of(b.in), b.attrs);
    Kernel kernel;
    const float *x = b.in[0].f32(), *bias = b.in.size() == 3 ? b.in[2].f32() : nullptr;
    const float* w = weights_in_panels(b.in[1], s, reinterpret_cast<float*>(b.shared + padded_bytes(conv2d_ready_floats(s) * 4)), kernel);
    if (conv2d_ready_floats(s) > 0) {
      int parts = parts_of_weights(conv2d_ready_floats(s));
      float* ready = reinterpret_cast<float*>(b.shared);
      kernel.push_back({parts, [=](int i) { conv2d_ready_weights(s, w, ready, i, parts); }});
      w = ready;
    }
    kernel.push_back({conv2d_slices(s), [=, y = b.out[0].f32(), scratch = b.scratch, epilogue = b.epilogue](int i) {
      conv2d_forward(s, i, x, w, bias, y, reinterpret_cast<float*>(scratch()), epilogue);
    }});
    return kernel;
  }
  static Values grad(Graph& g, const Gradient& c) {
    Value x = c.in[0], dy = c.dout[0];
    Attrs attrs = with_input(c.attrs, x.shape());
    Values weights = g.ops("conv2d_weight_grad", {x, dy}, attrs);
    Values r{g.op("conv2d_input_grad", {dy, c.in[1]}, attrs), weights[0]};
    if (c.in.size() == 3) r.push_back(weights[1]);
    return r;
  }
  static double flops(const Types& in, const Attrs& attrs) { return forward_shape(in, attrs).flops(); }
  static std::vector<Sample> samples() {
    std::vector<Sample> v;
    for (const ConvShape& s : kConvSamples) {
      Types in{conv_x(s), conv_w(s)};
      if (v.size() % 3 != 2) in.push_back({DType::f32, {s.OC}});
      v.push_back({in, conv_attrs(s)});
    }
    return v;
  }
};
SYNFIRE_OP(Conv2dOp, "conv2d", "Convolution of images [B, H, W, C] with weights [filters, KH KW C/groups], and a bias.");

struct Conv2dInputGradOp {
  static constexpr Flags flags{.panel_inputs = 2, .epilogue = true};

  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 2, "conv2d_input_grad");
    expect_image(in[0], "conv2d_input_grad");
    if (in[1].shape.rank() != 2) refuse(fmt::format("weights of a convolution are a matrix, got {}", in[1].shape.str()));
    ConvShape s = input_grad_shape(in, attrs);
    expect_weights(s, in[1].shape);
    if (!(in[0].shape == conv_result(s))) refuse(fmt::format("a slope of this convolution is {}, got {}", conv_result(s).str(), in[0].shape.str()));
    return {conv_x(s)};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    std::fill_n(c.output(), c.out[0].shape.numel(), R(0));
    for_products(input_grad_shape(types_of(c.in), c.attrs), [&](int64_t y, int64_t x, int64_t w) { c.output()[x] += c.input(0)[y] * c.input(1)[w]; });
  }
  static Workspace workspace(const Types& in, const Attrs& attrs) {
    ConvShape s = input_grad_shape(in, attrs);
    return {padded_bytes(conv2d_flipped_floats(s) * 4) + conv_panel_floats(s) * 4, static_cast<int64_t>(conv2d_scratch(s))};
  }
  static Kernel bind(const Binding& b) {
    ConvShape s = input_grad_shape(types_of(b.in), b.attrs);
    Kernel kernel;
    const float* dy = b.in[0].f32();
    float* flipped = reinterpret_cast<float*>(b.shared);
    const float* w = weights_in_panels(b.in[1], s, reinterpret_cast<float*>(b.shared + padded_bytes(conv2d_flipped_floats(s) * 4)), kernel);
    int parts = parts_of_weights(conv2d_flipped_floats(s));
    kernel.push_back({parts, [=](int i) { conv2d_flip_weights(s, w, flipped, i, parts); }});
    kernel.push_back({conv2d_input_grad_slices(s), [=, dx = b.out[0].f32(), scratch = b.scratch, epilogue = b.epilogue](int i) {
      conv2d_input_grad(s, i, dy, flipped, dx, reinterpret_cast<float*>(scratch()), epilogue);
    }});
    return kernel;
  }
  static Values grad(Graph& g, const Gradient& c) {
    return {g.op("conv2d", {c.dout[0], c.in[1]}, c.attrs), g.op("conv2d_weight_grad", {c.dout[0], c.in[0]}, c.attrs)};
  }
  static double flops(const Types& in, const Attrs& attrs) { return input_grad_shape(in, attrs).flops(); }
  static std::vector<Sample> samples() {
    std::vector<Sample> v;
    for (const ConvShape& s : kConvSamples) v.push_back({{conv_y(s), conv_w(s)}, conv_attrs(s)});
    return v;
  }
};
SYNFIRE_OP(Conv2dInputGradOp, "conv2d_input_grad", "Gradient of conv2d with respect to the image, from the slope of its result and the weights.");

struct Conv2dWeightGradOp {
  static constexpr Flags flags{.panel_output = true, .epilogue = true, .virtual_output = true};

  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 2, "conv2d_weight_grad");
    expect_image(in[0], "conv2d_weight_grad"), expect_image(in[1], "conv2d_weight_grad");
    ConvShape s = weight_grad_shape(in, attrs);
    if (!(in[1].shape == conv_result(s))) refuse(fmt::format("a slope of this convolution is {}, got {}", conv_result(s).str(), in[1].shape.str()));
    return {conv_w(s), {DType::f32, {s.OC}}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    ConvShape s = weight_grad_shape(types_of(c.in), c.attrs);
    std::fill_n(c.output(0), s.OC * s.K(), R(0)), std::fill_n(c.output(1), s.OC, R(0));
    for_products(s, [&](int64_t y, int64_t x, int64_t w) { c.output(0)[w] += c.input(0)[x] * c.input(1)[y]; });
    for (int64_t i = 0, n = c.in[1].shape.numel(); i < n; ++i) c.output(1)[i % s.OC] += c.input(1)[i];
  }
  // Sums of parts of the batch; then room for dw in panels and in rows, where it is wanted in rows.
  static Workspace workspace(const Types& in, const Attrs& attrs) {
    ConvShape s = weight_grad_shape(in, attrs);
    return {padded_bytes(static_cast<int64_t>(conv2d_weight_grad_partials(s))) + (conv_panel_floats(s) + s.OC * s.K()) * 4, static_cast<int64_t>(conv2d_scratch(s))};
  }
  static Kernel bind(const Binding& b) {
    ConvShape s = weight_grad_shape(types_of(b.in), b.attrs);
    const float *x = b.in[0].f32(), *dy = b.in[1].f32();
    float *partials = reinterpret_cast<float*>(b.shared), *db = b.out[1].f32(), *dw = static_cast<float*>(b.out[0].data);
    float* room = reinterpret_cast<float*>(b.shared + padded_bytes(static_cast<int64_t>(conv2d_weight_grad_partials(s))));
    auto scratch = [mine = b.scratch] { return reinterpret_cast<float*>(mine()); };
    Kernel kernel{{conv2d_weight_grad_slices(s), [=](int i) { conv2d_weight_grad(s, i, x, dy, partials, scratch()); }}};
    int parts = static_cast<int>(std::clamp<int64_t>(conv_panel_floats(s) / 4096, 1, 16));
    bool rows = b.out[0].layout == Layout::rows;
    Epilogue epilogue = rows ? Epilogue{} : b.epilogue;
    float* panels = rows ? room : dw;
    kernel.push_back({parts + 1, [=](int i) {
      if (i == parts) conv2d_bias_grad_finish(s, partials, db);
      else conv2d_weight_grad_finish(s, i, parts, partials, panels, scratch(), epilogue);
    }});
    if (rows) {
      float* to = dw ? dw : room + conv_panel_floats(s);
      kernel.push_back({1, [=, behind = b.epilogue](int) { from_panels(room, s.OC, s.K(), to), behind(to, 0, s.OC * s.K()); }});
    }
    return kernel;
  }
  static Values grad(Graph& g, const Gradient& c) {  // dout: of dw, of db
    Value dy = c.in[1];
    if (!c.dout[0]) return {Value{}, g.op("broadcast_to", {c.dout[1]}, {{"shape", ints_of(dy.shape())}})};
    Attrs attrs = with_input(c.attrs, c.in[0].shape());
    Values in{c.in[0], c.dout[0]};
    if (c.dout[1]) in.push_back(c.dout[1]);
    return {g.op("conv2d_input_grad", {dy, c.dout[0]}, attrs), g.op("conv2d", in, attrs)};
  }
  static double flops(const Types& in, const Attrs& attrs) { return weight_grad_shape(in, attrs).flops(); }
  static std::vector<Sample> samples() {
    std::vector<Sample> v;
    for (const ConvShape& s : kConvSamples) v.push_back({{conv_x(s), conv_y(s)}, conv_attrs(s)});
    return v;
  }
};
SYNFIRE_OP(Conv2dWeightGradOp, "conv2d_weight_grad", "Gradients of conv2d with respect to weights and bias, from the image and the slope of its result.");

}  // namespace synfire

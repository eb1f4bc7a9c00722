// Layer norm: every row (the last dimension) with its own mean and variance made 0 and 1, then scaled and shifted; and its
// gradient. Ba, Kiros & Hinton 2016.
#include <algorithm>

#include "synfire/def/op_def.h"
#include "synfire/tensor/norm.h"

namespace synfire {
namespace {

struct RowsShape { int64_t M, N; };  // rows, numbers a row
RowsShape rows_shape(const Shape& x) { return {x.numel() / std::max<int64_t>(1, x[-1]), x[-1]}; }
Shape leading(const Shape& x) { return x.slice(0, x.rank() - 1); }
double layer_eps(const Attrs& attrs) { return attrs.real("eps", 1e-5); }

void expect_row_inputs(const Types& in, size_t last, std::string_view op) {
  const Shape& x = in[0].shape;
  if (x.rank() < 1 || x.numel() == 0) refuse(fmt::format("{} takes rows [B, …, N], got {}", op, x.str()));
  for (size_t i = 1; i <= last; ++i)
    if (!(in[i].shape == Shape{x[-1]})) refuse(fmt::format("{} of {} takes a scale and a shift {}, got {}", op, x.str(), Shape{x[-1]}.str(), in[i].shape.str()));
}

}  // namespace

struct LayerNormOp {
  static constexpr Flags flags{.epilogue = true};
  static constexpr double tolerance = 2e-5;

  static Types infer(const Types& in, const Attrs&) {  // x, gamma, beta -> y, mean, 1 / standard deviation, a row each
    expect_inputs(in, 3, "layer_norm");
    expect_row_inputs(in, 2, "layer_norm");
    return {in[0], {DType::f32, leading(in[0].shape)}, {DType::f32, leading(in[0].shape)}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    auto [M, N] = rows_shape(c.in[0].shape);
    for (int64_t m = 0; m < M; ++m) {
      const R* x = c.input(0) + m * N;
      R mean = 0, var = 0;
      for (int64_t i = 0; i < N; ++i) mean += x[i] / static_cast<R>(N);
      for (int64_t i = 0; i < N; ++i) var += (x[i] - mean) * (x[i] - mean) / static_cast<R>(N);
      R inv_std = R(1) / sqrt(var + static_cast<R>(layer_eps(c.attrs)));
      for (int64_t i = 0; i < N; ++i) c.output()[m * N + i] = (x[i] - mean) * inv_std * c.input(1)[i] + c.input(2)[i];
      c.output(1)[m] = mean, c.output(2)[m] = inv_std;
    }
  }
  static Kernel bind(const Binding& b) {
    auto [M, N] = rows_shape(b.in[0].shape);
    float eps = static_cast<float>(layer_eps(b.attrs)), *y = b.out[0].f32(), *mean = b.out[1].f32(), *inv_std = b.out[2].f32();
    const float *x = b.in[0].f32(), *gamma = b.in[1].f32(), *beta = b.in[2].f32();
    return {{layer_norm_slices(M, N), [=, M = M, N = N, epilogue = b.epilogue](int i) { layer_norm(M, N, eps, i, x, gamma, beta, y, mean, inv_std, epilogue); }}};
  }
  static Values grad(Graph& g, const Gradient& c) {
    Value x = c.in[0], mean = c.out[1], inv_std = c.out[2], dx, dgamma, dbeta;
    if (c.dout[0]) {
      Values d = g.ops("layer_norm_grad", {x, c.in[1], mean, inv_std, c.dout[0]});
      dx = d[0], dgamma = d[1], dbeta = d[2];
    }
    // What depends on the statistics themselves: d mean / dx = 1 / N, d inv_std / dx = -inv_std³ (x - mean) / N.
    Shape kept = x.shape();
    kept[-1] = 1;
    auto column = [&](Value v) { return g.op("reshape", {v}, {{"shape", ints_of(kept)}}); };
    auto add = [&](Value more) { dx = dx ? g.op("add", {dx, more}) : more; };
    double share = 1.0 / static_cast<double>(x.shape()[-1]);
    if (c.dout[1]) add(g.op("broadcast_to", {column(g.op("scale", {c.dout[1]}, {{"value", share}}))}, {{"shape", ints_of(x.shape())}}));
    if (c.dout[2]) {
      Value cube = g.op("mul", {g.op("square", {inv_std}), g.op("mul", {inv_std, c.dout[2]})});
      add(g.op("mul", {g.op("sub", {x, column(mean)}), column(g.op("scale", {cube}, {{"value", -share}}))}));
    }
    return {dx, dgamma, dbeta};
  }
  static std::vector<Sample> samples() {
    std::vector<Sample> v;
    for (Shape s : {Shape{4, 7}, Shape{3, 32}, Shape{2, 3, 41}, Shape{1, 8}, Shape{130, 260}}) v.push_back({{{DType::f32, s}, {DType::f32, {s[-1]}}, {DType::f32, {s[-1]}}}, {{"eps", 1e-3}}});
    return v;
  }
};
SYNFIRE_OP(LayerNormOp, "layer_norm", "Each row with its mean and variance made 0 and 1, then scaled and shifted; tells mean and 1 / deviation.");

struct LayerNormGradOp {
  static constexpr Flags flags{.epilogue = true};
  static constexpr double tolerance = 2e-5;

  static Types infer(const Types& in, const Attrs&) {  // x, gamma, mean, inv_std, dy -> dx, dgamma, dbeta
    expect_inputs(in, 5, "layer_norm_grad");
    expect_row_inputs(in, 1, "layer_norm_grad");
    for (int i : {2, 3})
      if (!(in[i].shape == leading(in[0].shape))) refuse(fmt::format("statistics of {} are {}, got {}", in[0].shape.str(), leading(in[0].shape).str(), in[i].shape.str()));
    if (!(in[4].shape == in[0].shape)) refuse(fmt::format("a slope of this layer norm is {}, got {}", in[0].shape.str(), in[4].shape.str()));
    return {in[0], in[1], in[1]};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    auto [M, N] = rows_shape(c.in[0].shape);
    R *dgamma = c.output(1), *dbeta = c.output(2);
    std::fill_n(dgamma, N, R(0)), std::fill_n(dbeta, N, R(0));
    for (int64_t m = 0; m < M; ++m) {
      const R *x = c.input(0) + m * N, *dy = c.input(4) + m * N, *gamma = c.input(1);
      R mean = c.input(2)[m], inv_std = c.input(3)[m], slope = 0, tilt = 0;
      for (int64_t i = 0; i < N; ++i) {
        R z = (x[i] - mean) * inv_std;
        slope += dy[i] * gamma[i] / static_cast<R>(N), tilt += dy[i] * gamma[i] * z / static_cast<R>(N);
        dgamma[i] += dy[i] * z, dbeta[i] += dy[i];
      }
      for (int64_t i = 0; i < N; ++i) c.output()[m * N + i] = inv_std * (dy[i] * gamma[i] - slope - (x[i] - mean) * inv_std * tilt);
    }
  }
  static Workspace workspace(const Types& in, const Attrs&) {
    auto [M, N] = rows_shape(in[0].shape);
    return {layer_norm_partials(M, N) * 4, 0};
  }
  static Kernel bind(const Binding& b) {
    auto [M, N] = rows_shape(b.in[0].shape);
    const float *x = b.in[0].f32(), *gamma = b.in[1].f32(), *mean = b.in[2].f32(), *inv_std = b.in[3].f32(), *dy = b.in[4].f32();
    float *partials = reinterpret_cast<float*>(b.shared), *dx = b.out[0].f32(), *dgamma = b.out[1].f32(), *dbeta = b.out[2].f32();
    return {{layer_norm_slices(M, N), [=, M = M, N = N, epilogue = b.epilogue](int i) {
               layer_norm_grad(M, N, i, x, dy, gamma, mean, inv_std, dx, partials, epilogue);
             }},
            {1, [=, M = M, N = N](int) { layer_norm_grad_finish(M, N, partials, dgamma, dbeta); }}};
  }
  // dx = inv_std (s - mean(s) - z mean(s z)) with s = dy gamma, z = (x - mean) inv_std; dgamma = sum dy z, dbeta = sum dy.
  static Values expand(Graph& g, const Values& in, const Attrs&) {
    auto [M, N] = rows_shape(in[0].shape());
    auto like = [&](Value v, const Shape& s) { return g.op("reshape", {v}, {{"shape", ints_of(s)}}); };
    auto sum = [&](Value v, int64_t axis) { return g.op("sum", {v}, {{"axes", std::vector<int64_t>{axis}}}); };
    auto mean_of = [&, M = M, N = N](Value v) { return like(g.op("scale", {sum(v, 1)}, {{"value", 1.0 / static_cast<double>(N)}}), {M, 1}); };
    Value x = like(in[0], {M, N}), dy = like(in[4], {M, N}), mean = like(in[2], {M, 1}), inv_std = like(in[3], {M, 1});
    Value z = g.op("mul", {g.op("sub", {x, mean}), inv_std}), s = g.op("mul", {dy, in[1]});
    Value level = g.op("sub", {s, mean_of(s)}), tilt = g.op("mul", {z, mean_of(g.op("mul", {s, z}))});
    Value dx = g.op("mul", {g.op("sub", {level, tilt}), inv_std});
    return {like(dx, in[0].shape()), sum(g.op("mul", {dy, z}), 0), sum(dy, 0)};
  }
  static std::vector<Sample> samples() {
    std::vector<Sample> v;
    for (Shape s : {Shape{4, 7}, Shape{3, 32}, Shape{2, 3, 41}, Shape{130, 260}})
      v.push_back({{{DType::f32, s}, {DType::f32, {s[-1]}}, {DType::f32, leading(s)}, {DType::f32, leading(s)}, {DType::f32, s}}, {}});
    return v;
  }
};
SYNFIRE_OP(LayerNormGradOp, "layer_norm_grad", "Gradients of layer_norm with respect to its input, scale and shift.");

}  // namespace synfire

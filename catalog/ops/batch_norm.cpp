// Batch norm by the statistics of the batch, and its gradient. Ioffe & Szegedy 2015, algorithm 1. What a trained network does
// with stored statistics is a chain of elementwise ops: catalog/layers/batch_norm.cpp.
#include <algorithm>

#include "synfire/def/op_def.h"
#include "synfire/tensor/norm.h"

namespace synfire {
namespace {

struct BatchShape { int64_t M, C; };  // rows (images times pixels), channels
BatchShape batch_shape(const Shape& x) { return {x.numel() / std::max<int64_t>(1, x[-1]), x[-1]}; }
double batch_eps(const Attrs& attrs) { return attrs.real("eps", 1e-5); }

void expect_channels(const Types& in, size_t first, size_t last, std::string_view op) {
  const Shape& x = in[0].shape;
  if (x.rank() < 2 || x.numel() == 0) refuse(fmt::format("{} takes [B, …, C], got {}", op, x.str()));
  for (size_t i = first; i <= last; ++i)
    if (!(in[i].shape == Shape{x[-1]})) refuse(fmt::format("{} of {} takes a number a channel, {}, got {}", op, x.str(), Shape{x[-1]}.str(), in[i].shape.str()));
}

Value like(Graph& g, Value v, const Shape& shape) { return g.op("reshape", {v}, {{"shape", ints_of(shape)}}); }
Value over_rows(Graph& g, Value v) { return g.op("sum", {v}, {{"axes", std::vector<int64_t>{0}}}); }

}  // namespace

struct BatchNormOp {
  static constexpr Flags flags{.epilogue = true};
  static constexpr double tolerance = 2e-5;

  static Types infer(const Types& in, const Attrs&) {  // x, gamma, beta -> y, mean, variance (biased)
    expect_inputs(in, 3, "batch_norm");
    expect_channels(in, 1, 2, "batch_norm");
    return {in[0], in[1], in[1]};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    auto [M, C] = batch_shape(c.in[0].shape);
    const R* x = c.input(0);
    for (int64_t k = 0; k < C; ++k) {
      R mean = 0, var = 0;
      for (int64_t m = 0; m < M; ++m) mean += x[m * C + k] / static_cast<R>(M);
      for (int64_t m = 0; m < M; ++m) var += (x[m * C + k] - mean) * (x[m * C + k] - mean) / static_cast<R>(M);
      R scale = c.input(1)[k] / sqrt(var + static_cast<R>(batch_eps(c.attrs)));
      for (int64_t m = 0; m < M; ++m) c.output()[m * C + k] = (x[m * C + k] - mean) * scale + c.input(2)[k];
      c.output(1)[k] = mean, c.output(2)[k] = var;
    }
  }
  static Workspace workspace(const Types& in, const Attrs&) {
    auto [M, C] = batch_shape(in[0].shape);
    return {batch_norm_partials(M, C) * 8, 0};
  }
  static Kernel bind(const Binding& b) {
    auto [M, C] = batch_shape(b.in[0].shape);
    double* partials = reinterpret_cast<double*>(b.shared);
    float eps = static_cast<float>(batch_eps(b.attrs)), *y = b.out[0].f32(), *mean = b.out[1].f32(), *var = b.out[2].f32();
    const float *x = b.in[0].f32(), *gamma = b.in[1].f32(), *beta = b.in[2].f32();
    int slices = batch_norm_slices(M, C);
    return {{slices, [=, M = M, C = C](int i) { batch_norm_stats(M, C, i, x, partials); }},
            {1, [=, M = M, C = C](int) { batch_norm_stats_finish(M, C, partials, mean, var); }},
            {slices, [=, M = M, C = C, epilogue = b.epilogue](int i) { batch_norm_apply(M, C, eps, i, x, mean, var, gamma, beta, y, epilogue); }}};
  }
  static Values grad(Graph& g, const Gradient& c) {
    Value x = c.in[0], gamma = c.in[1], mean = c.out[1], var = c.out[2], dx, dgamma, dbeta;
    if (c.dout[0]) {
      Values d = g.ops("batch_norm_grad", {x, gamma, mean, var, c.dout[0]}, c.attrs);
      dx = d[0], dgamma = d[1], dbeta = d[2];
    }
    // What depends on mean and variance themselves: d mean / dx = 1 / M, d var / dx = 2 (x - mean) / M.
    double share = 1.0 / static_cast<double>(batch_shape(x.shape()).M);
    auto add = [&](Value more) { dx = dx ? g.op("add", {dx, more}) : more; };
    if (c.dout[1]) add(g.op("broadcast_to", {g.op("scale", {c.dout[1]}, {{"value", share}})}, {{"shape", ints_of(x.shape())}}));
    if (c.dout[2]) add(g.op("mul", {g.op("sub", {x, mean}), g.op("scale", {c.dout[2]}, {{"value", 2 * share}})}));
    return {dx, dgamma, dbeta};
  }
  static std::vector<Sample> samples() {
    std::vector<Sample> v;
    for (Shape s : {Shape{6, 5}, Shape{2, 5, 6, 3}, Shape{1, 4, 5, 17}, Shape{40, 16}, Shape{2, 1}, Shape{4, 32, 32, 17}})
      v.push_back({{{DType::f32, s}, {DType::f32, {s[-1]}}, {DType::f32, {s[-1]}}}, {{"eps", 1e-3}}});
    return v;
  }
};
SYNFIRE_OP(BatchNormOp, "batch_norm", "Each channel with mean and variance of the batch made 0 and 1, then scaled and shifted; tells mean and variance.");

struct BatchNormGradOp {
  static constexpr Flags flags{.epilogue = true};
  static constexpr double tolerance = 2e-5;

  static Types infer(const Types& in, const Attrs&) {  // x, gamma, mean, var, dy -> dx, dgamma, dbeta
    expect_inputs(in, 5, "batch_norm_grad");
    expect_channels(in, 1, 3, "batch_norm_grad");
    if (!(in[4].shape == in[0].shape)) refuse(fmt::format("a slope of this batch norm is {}, got {}", in[0].shape.str(), in[4].shape.str()));
    return {in[0], in[1], in[1]};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    auto [M, C] = batch_shape(c.in[0].shape);
    const R *x = c.input(0), *dy = c.input(4);
    for (int64_t k = 0; k < C; ++k) {
      R mean = c.input(2)[k], inv_std = R(1) / sqrt(c.input(3)[k] + static_cast<R>(batch_eps(c.attrs))), dgamma = 0, dbeta = 0;
      for (int64_t m = 0; m < M; ++m) dgamma += dy[m * C + k] * (x[m * C + k] - mean) * inv_std, dbeta += dy[m * C + k];
      for (int64_t m = 0; m < M; ++m)
        c.output()[m * C + k] = c.input(1)[k] * inv_std * (dy[m * C + k] - (dbeta + (x[m * C + k] - mean) * inv_std * dgamma) / static_cast<R>(M));
      c.output(1)[k] = dgamma, c.output(2)[k] = dbeta;
    }
  }
  static Workspace workspace(const Types& in, const Attrs& attrs) { return BatchNormOp::workspace(in, attrs); }
  static Kernel bind(const Binding& b) {
    auto [M, C] = batch_shape(b.in[0].shape);
    double* partials = reinterpret_cast<double*>(b.shared);
    float eps = static_cast<float>(batch_eps(b.attrs)), *dx = b.out[0].f32(), *dgamma = b.out[1].f32(), *dbeta = b.out[2].f32();
    const float *x = b.in[0].f32(), *gamma = b.in[1].f32(), *mean = b.in[2].f32(), *var = b.in[3].f32(), *dy = b.in[4].f32();
    int slices = batch_norm_slices(M, C);
    return {{slices, [=, M = M, C = C](int i) { batch_norm_grad_stats(M, C, eps, i, x, dy, mean, var, partials); }},
            {1, [=, M = M, C = C](int) { batch_norm_grad_finish(M, C, partials, dgamma, dbeta); }},
            {slices, [=, M = M, C = C, epilogue = b.epilogue](int i) {
               batch_norm_grad_apply(M, C, eps, i, x, dy, mean, var, gamma, dgamma, dbeta, dx, epilogue);
             }}};
  }
  // dx = gamma inv_std (dy - (dbeta + z dgamma) / M) with z = (x - mean) inv_std, dgamma = sum dy z, dbeta = sum dy.
  static Values expand(Graph& g, const Values& in, const Attrs& attrs) {
    auto [M, C] = batch_shape(in[0].shape());
    Value x = like(g, in[0], {M, C}), dy = like(g, in[4], {M, C});
    Value inv_std = g.op("div", {g.constant(1), g.op("sqrt", {g.op("add_scalar", {in[3]}, {{"value", batch_eps(attrs)}})})});
    Value z = g.op("mul", {g.op("sub", {x, in[2]}), inv_std});
    Value dgamma = over_rows(g, g.op("mul", {dy, z})), dbeta = over_rows(g, dy);
    Value common = g.op("scale", {g.op("add", {g.op("mul", {z, dgamma}), dbeta})}, {{"value", 1.0 / static_cast<double>(M)}});
    Value dx = g.op("mul", {g.op("sub", {dy, common}), g.op("mul", {in[1], inv_std})});
    return {like(g, dx, in[0].shape()), dgamma, dbeta};
  }
  static std::vector<Sample> samples() {
    std::vector<Sample> v;
    for (Shape s : {Shape{6, 5}, Shape{2, 5, 6, 3}, Shape{40, 16}, Shape{4, 32, 32, 17}}) {
      Type channel{DType::f32, {s[-1]}};
      v.push_back({{{DType::f32, s}, channel, channel, channel, {DType::f32, s}}, {{"eps", 1e-3}}, 0.3, 1.5});  // a variance is positive
    }
    return v;
  }
};
SYNFIRE_OP(BatchNormGradOp, "batch_norm_grad", "Gradients of batch_norm with respect to its input, scale and shift.");

}  // namespace synfire

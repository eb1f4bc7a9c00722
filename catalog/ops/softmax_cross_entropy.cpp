// Mean cross-entropy of softmax(logits) against labels, with label smoothing (Szegedy et al. 2016, PyTorch's form):
// the target is (1 - s) at the label plus s / C everywhere.
#include <algorithm>

#include "synfire/def/op_def.h"
#include "synfire/tensor/vector_math.h"

namespace synfire {
namespace {

void check_logits(const Types& in, std::string_view op) {
  if (in[0].shape.rank() != 2) refuse(fmt::format("{} takes logits [B, classes], got {}", op, in[0].shape.str()));
  if (in[1].dtype != DType::i32 || !(in[1].shape == Shape{in[0].shape[0]}))
    refuse(fmt::format("{} takes i32 labels {}, got {} {}", op, Shape{in[0].shape[0]}.str(), name_of(in[1].dtype), in[1].shape.str()));
}

// Loss of one row.
template <class R>
R row_loss(const R* x, int64_t C, int32_t label, R smoothing) {
  R most = *std::max_element(x, x + C), sum = 0, mean = 0;
  for (int64_t i = 0; i < C; ++i) sum += exp(x[i] - most);
  R log_sum = log(sum) + most;
  if (smoothing == R(0)) return log_sum - x[label];
  for (int64_t i = 0; i < C; ++i) mean += x[i];
  return log_sum - (R(1) - smoothing) * x[label] - smoothing * mean / static_cast<R>(C);
}

template <class R>
void row_slope(const R* x, R* d, int64_t C, int32_t label, R smoothing, R scale) {
  R most = *std::max_element(x, x + C), sum = 0;
  for (int64_t i = 0; i < C; ++i) d[i] = exp(x[i] - most);
  for (int64_t i = 0; i < C; ++i) sum += d[i];
  R factor = scale / sum, even = scale * smoothing / static_cast<R>(C);
  for (int64_t i = 0; i < C; ++i) d[i] = d[i] * factor - even;
  d[label] -= scale * (R(1) - smoothing);
}

}  // namespace

struct SoftmaxCrossEntropyOp {
  static Types infer(const Types& in, const Attrs&) {
    expect_inputs(in, 2, "softmax_cross_entropy");
    check_logits(in, "softmax_cross_entropy");
    return {{DType::f32, {}}};
  }
  template <class R>
  static void mean_loss(const R* x, const int32_t* label, R* y, int64_t B, int64_t C, R smoothing) {
    R sum = 0;
    for (int64_t i = 0; i < B; ++i) sum += row_loss(x + i * C, C, label[i], smoothing);
    *y = sum / static_cast<R>(B);
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    mean_loss(c.input(0), c.template input_as<int32_t>(1), c.output(), c.in[0].shape[0], c.in[0].shape[1], static_cast<R>(c.attrs.real("smoothing")));
  }
  static Kernel bind(const Binding& b) {
    return {{1, [x = b.in[0].f32(), t = b.in[1].as<int32_t>(), y = b.out[0].f32(), B = b.in[0].shape[0], C = b.in[0].shape[1],
                 s = static_cast<float>(b.attrs.real("smoothing"))](int) { mean_loss(x, t, y, B, C, s); }}};
  }
  static Values grad(Graph& g, const Gradient& c) {
    return {g.op("softmax_cross_entropy_grad", {c.in[0], c.in[1], c.dout[0]}, c.attrs), Value{}};
  }
  static std::vector<Sample> samples() {
    return {{{{DType::f32, {3, 5}}, {DType::i32, {3}}}, {}, -3, 3}, {{{DType::f32, {4, 7}}, {DType::i32, {4}}}, {{"smoothing", 0.1}}, -3, 3}};
  }
};
SYNFIRE_OP(SoftmaxCrossEntropyOp, "softmax_cross_entropy", "Mean cross-entropy of softmax(logits) against labels.");

struct SoftmaxCrossEntropyGradOp {
  static Types infer(const Types& in, const Attrs&) {
    expect_inputs(in, 3, "softmax_cross_entropy_grad");
    check_logits(in, "softmax_cross_entropy_grad");
    return {in[0]};
  }
  template <class R>
  static void rows(const R* x, const int32_t* label, const R* dloss, R* d, int64_t B, int64_t C, R smoothing) {
    for (int64_t i = 0; i < B; ++i) row_slope(x + i * C, d + i * C, C, label[i], smoothing, *dloss / static_cast<R>(B));
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    rows(c.input(0), c.template input_as<int32_t>(1), c.input(2), c.output(), c.in[0].shape[0], c.in[0].shape[1], static_cast<R>(c.attrs.real("smoothing")));
  }
  static Kernel bind(const Binding& b) {
    return {{1, [x = b.in[0].f32(), t = b.in[1].as<int32_t>(), dl = b.in[2].f32(), d = b.out[0].f32(), B = b.in[0].shape[0], C = b.in[0].shape[1],
                 s = static_cast<float>(b.attrs.real("smoothing"))](int) { rows(x, t, dl, d, B, C, s); }}};
  }
  static Values expand(Graph& g, const Values& in, const Attrs& attrs) {  // (softmax - target) dloss / B
    int64_t B = in[0].shape()[0], C = in[0].shape()[1];
    double s = attrs.real("smoothing");
    Value hot = g.op("one_hot", {in[1]}, {{"classes", C}});
    Value target = g.op("add_scalar", {g.op("scale", {hot}, {{"value", 1 - s}})}, {{"value", s / static_cast<double>(C)}});
    Value difference = g.op("sub", {g.op("softmax", {in[0]}), target});
    return {g.op("mul", {difference, g.op("scale", {in[2]}, {{"value", 1.0 / static_cast<double>(B)}})})};
  }
  static std::vector<Sample> samples() {
    return {{{{DType::f32, {3, 5}}, {DType::i32, {3}}, {DType::f32, {}}}, {}, -3, 3},
            {{{DType::f32, {4, 7}}, {DType::i32, {4}}, {DType::f32, {}}}, {{"smoothing", 0.1}}, -3, 3}};
  }
};
SYNFIRE_OP(SoftmaxCrossEntropyGradOp, "softmax_cross_entropy_grad", "Gradient of softmax_cross_entropy with respect to the logits.");

}  // namespace synfire

// Softmax over the last dimension: e^x / sum e^x, shifted by the maximum so that nothing overflows.
#include <algorithm>

#include "synfire/def/op_def.h"
#include "synfire/tensor/vector_math.h"

namespace synfire {

struct SoftmaxOp {
  static Types infer(const Types& in, const Attrs&) {
    expect_inputs(in, 1, "softmax");
    if (in[0].shape.rank() < 1) refuse("softmax needs at least one dimension");
    return {in[0]};
  }
  template <class R>
  static void rows(const R* x, R* y, int64_t count, int64_t C) {
    for (int64_t r = 0; r < count; ++r, x += C, y += C) {
      R most = *std::max_element(x, x + C), sum = 0;
      for (int64_t i = 0; i < C; ++i) y[i] = exp(x[i] - most);
      for (int64_t i = 0; i < C; ++i) sum += y[i];
      for (int64_t i = 0; i < C; ++i) y[i] /= sum;
    }
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    int64_t C = c.in[0].shape[-1];
    rows(c.input(0), c.output(), c.in[0].shape.numel() / C, C);
  }
  static Kernel bind(const Binding& b) {
    int64_t C = b.in[0].shape[-1], count = b.in[0].shape.numel() / C;
    const float* x = b.in[0].f32();
    float* y = b.out[0].f32();
    int slices = static_cast<int>(std::clamp<int64_t>(count / 16, 1, 16));
    return {{slices, [=](int s) {
      int64_t first = count * s / slices;
      rows(x + first * C, y + first * C, count * (s + 1) / slices - first, C);
    }}};
  }
  static Values grad(Graph& g, const Gradient& c) {  // y (dy - <dy, y>)
    Value y = c.out[0], dy = c.dout[0];
    Shape kept = y.shape();
    kept[-1] = 1;
    Value dot = g.op("sum", {g.op("mul", {dy, y})}, {{"axes", std::vector<int64_t>{y.shape().rank() - 1}}});
    return {g.op("mul", {y, g.op("sub", {dy, g.op("reshape", {dot}, {{"shape", ints_of(kept)}})})})};
  }
  static std::vector<Sample> samples() { return {{{{DType::f32, {3, 5}}}, {}, -3, 3}, {{{DType::f32, {40, 10}}}, {}, -3, 3}}; }
};
SYNFIRE_OP(SoftmaxOp, "softmax", "Softmax over the last dimension.");

}  // namespace synfire

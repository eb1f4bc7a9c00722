// Mean over all elements.
#include "synfire/def/op_def.h"

namespace synfire {

struct MeanOp {
  static Types infer(const Types& in, const Attrs&) {
    expect_inputs(in, 1, "mean");
    return {{DType::f32, {}}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    R s = 0;
    int64_t n = c.in[0].shape.numel();
    for (int64_t i = 0; i < n; ++i) s += c.input(0)[i];
    *c.output() = s / static_cast<R>(n);
  }
  static Kernel bind(const Binding& b) {  // 16 running sums, added in order
    const float* x = b.in[0].f32();
    float* y = b.out[0].f32();
    int64_t n = b.in[0].shape.numel();
    return {{1, [=](int) {
      float lane[16] = {};
      int64_t i = 0;
      for (; i + 16 <= n; i += 16) for (int j = 0; j < 16; ++j) lane[j] += x[i + j];
      for (; i < n; ++i) lane[0] += x[i];
      float s = 0;
      for (float v : lane) s += v;
      *y = s / static_cast<float>(n);
    }}};
  }
  static Values grad(Graph& g, const Gradient& c) {
    Value each = g.op("scale", {c.dout[0]}, {{"value", 1.0 / static_cast<double>(c.in[0].shape().numel())}});
    return {g.op("broadcast_to", {each}, {{"shape", ints_of(c.in[0].shape())}})};
  }
  static std::vector<Sample> samples() { return {{{{DType::f32, {3, 5}}}, {}}, {{{DType::f32, {2001}}}, {}}}; }
};
SYNFIRE_OP(MeanOp, "mean", "Mean over all elements.");

}  // namespace synfire

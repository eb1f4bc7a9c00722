// Sum over all time steps: [T B, N] -> [B, N].
#include "synfire/def/op_def.h"

namespace synfire {

struct SumOverTimeOp {
  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "sum_over_time");
    int64_t steps = attrs.integer("steps");
    Shape s = in[0].shape;
    if (in[0].dtype != DType::f32 || s.rank() < 1 || steps < 1 || s[0] % steps) refuse(fmt::format("sum_over_time takes f32 [T B, …], got {} {} and {} steps", name_of(in[0].dtype), s.str(), steps));
    s[0] /= steps;
    return {{DType::f32, s}};
  }
  template <class R>
  static void sum(const R* x, R* y, int64_t n, int64_t steps) {
    for (int64_t i = 0; i < n; ++i) y[i] = x[i];
    for (int64_t t = 1; t < steps; ++t)
      for (int64_t i = 0; i < n; ++i) y[i] += x[t * n + i];
  }
  template <class R>
  static void reference(const Reference<R>& c) { sum(c.input(0), c.output(), c.out[0].shape.numel(), c.attrs.integer("steps")); }
  static Kernel bind(const Binding& b) {
    return {{1, [x = b.in[0].f32(), y = b.out[0].f32(), n = b.out[0].shape.numel(), steps = b.attrs.integer("steps")](int) { sum(x, y, n, steps); }}};
  }
  static Values grad(Graph& g, const Gradient& c) { return {g.op("repeat_rows", {c.dout[0]}, {{"times", c.attrs.integer("steps")}})}; }
  static std::vector<Sample> samples() {
    return {{{{DType::f32, {6, 4}}}, {{"steps", int64_t{3}}}}, {{{DType::f32, {40, 10}}}, {{"steps", int64_t{5}}}}};
  }
};
SYNFIRE_OP(SumOverTimeOp, "sum_over_time", "Sum over all time steps.");

}  // namespace synfire

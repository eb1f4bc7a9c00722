// The last step first: [T B, …] with its steps in reverse order.
#include <algorithm>

#include "synfire/def/op_def.h"

namespace synfire {

struct ReverseTimeOp {
  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "reverse_time");
    int64_t steps = attrs.integer("steps");
    if (in[0].dtype != DType::f32 || in[0].shape.rank() < 1 || steps < 1 || in[0].shape[0] % steps) refuse(fmt::format("reverse_time takes f32 [T B, …], got {} {} and {} steps", name_of(in[0].dtype), in[0].shape.str(), steps));
    return {in[0]};
  }
  template <class R>
  static void reverse(const R* x, R* y, int64_t n, int64_t steps) {
    for (int64_t t = 0; t < steps; ++t) std::copy_n(x + t * n, n, y + (steps - 1 - t) * n);
  }
  template <class R>
  static void reference(const Reference<R>& c) { reverse(c.input(0), c.output(), c.in[0].shape.numel() / c.attrs.integer("steps"), c.attrs.integer("steps")); }
  static Kernel bind(const Binding& b) {
    int64_t steps = b.attrs.integer("steps"), n = b.in[0].shape.numel() / steps;
    return {{1, [=, x = b.in[0].f32(), y = b.out[0].f32()](int) { reverse(x, y, n, steps); }}};
  }
  static Values grad(Graph& g, const Gradient& c) { return {g.op("reverse_time", {c.dout[0]}, c.attrs)}; }
  static std::vector<Sample> samples() { return {{{{DType::f32, {6, 4}}}, {{"steps", int64_t{3}}}}, {{{DType::f32, {40, 10}}}, {{"steps", int64_t{5}}}}}; }
};
SYNFIRE_OP(ReverseTimeOp, "reverse_time", "The last time step first.");

}  // namespace synfire

// The largest value over all steps: [T B, N] -> [B, N]. Its gradient goes to the step where it was reached first.
#include <algorithm>

#include "synfire/def/op_def.h"

namespace synfire {
namespace {

Shape of_one_step(const Type& x, const Attrs& attrs) {
  int64_t steps = attrs.integer("steps");
  if (x.dtype != DType::f32 || x.shape.rank() != 2 || steps < 1 || x.shape[0] % steps) refuse(fmt::format("max_over_time takes f32 [T B, N], got {} {} and {} steps", name_of(x.dtype), x.shape.str(), steps));
  return {x.shape[0] / steps, x.shape[1]};
}

}  // namespace

struct MaxOverTimeOp {
  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "max_over_time");
    return {{DType::f32, of_one_step(in[0], attrs)}};
  }
  template <class R>
  static void largest(const R* x, R* y, int64_t n, int64_t steps) {
    std::copy_n(x, n, y);
    for (int64_t t = 1; t < steps; ++t)
      for (int64_t i = 0; i < n; ++i) y[i] = x[t * n + i] > y[i] ? x[t * n + i] : y[i];
  }
  template <class R>
  static void reference(const Reference<R>& c) { largest(c.input(0), c.output(), c.out[0].shape.numel(), c.attrs.integer("steps")); }
  static Kernel bind(const Binding& b) {
    return {{1, [x = b.in[0].f32(), y = b.out[0].f32(), n = b.out[0].shape.numel(), steps = b.attrs.integer("steps")](int) { largest(x, y, n, steps); }}};
  }
  static Values grad(Graph& g, const Gradient& c) { return {g.op("max_over_time_grad", {c.in[0], c.out[0], c.dout[0]}, c.attrs)}; }
  static std::vector<Sample> samples() {
    return {{{{DType::f32, {6, 4}}}, {{"steps", int64_t{3}}}, -1, 1, 1e-3}, {{{DType::f32, {40, 10}}}, {{"steps", int64_t{5}}}, -1, 1, 1e-3}};
  }
};
SYNFIRE_OP(MaxOverTimeOp, "max_over_time", "The largest value over all time steps.");

struct MaxOverTimeGradOp {
  static Types infer(const Types& in, const Attrs& attrs) {  // x, y, dy
    expect_inputs(in, 3, "max_over_time_grad");
    Type y{DType::f32, of_one_step(in[0], attrs)};
    if (!(in[1] == y) || !(in[2] == y)) refuse(fmt::format("max_over_time_grad of {} is given {} and {}", in[0].shape.str(), in[1].shape.str(), in[2].shape.str()));
    return {in[0]};
  }
  template <class R>
  static void send_back(const R* x, const R* y, const R* dy, R* dx, int64_t n, int64_t steps) {
    for (int64_t i = 0; i < n; ++i) {
      bool open = true;
      for (int64_t t = 0; t < steps; ++t) {
        bool here = open && x[t * n + i] == y[i];
        dx[t * n + i] = here ? dy[i] : R(0), open &= !here;
      }
    }
  }
  template <class R>
  static void reference(const Reference<R>& c) { send_back(c.input(0), c.input(1), c.input(2), c.output(), c.in[1].shape.numel(), c.attrs.integer("steps")); }
  static std::vector<Sample> samples() {
    Type x{DType::f32, {6, 4}}, y{DType::f32, {2, 4}};
    return {{{x, y, y}, {{"steps", int64_t{3}}}}};
  }
};
SYNFIRE_OP(MaxOverTimeGradOp, "max_over_time_grad", "Sends a gradient to the step where the largest value was reached. Stops the gradient.");

}  // namespace synfire

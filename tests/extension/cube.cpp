// cube(x) = x³, elementwise.
#include "synfire/def/op_def.h"

namespace synfire {

struct CubeOp {
  static Types infer(const Types& in, const Attrs&) {
    expect_inputs(in, 1, "cube");
    return {in[0]};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    for (int64_t i = 0, n = c.out[0].shape.numel(); i < n; ++i) c.output()[i] = c.input(0)[i] * c.input(0)[i] * c.input(0)[i];
  }
  static Values grad(Graph& g, const Gradient& c) {  // 3 x² dy
    Value slope = g.op("scale", {g.op("square", {c.in[0]})}, {{"value", 3.0}});
    return {g.op("mul", {c.dout[0], slope})};
  }
  static std::vector<Sample> samples() { return {{{{DType::f32, {3, 4}}}, {}}, {{{DType::f32, {17}}}, {}}}; }
};
SYNFIRE_OP(CubeOp, "cube", "x³, elementwise.");

}  // namespace synfire

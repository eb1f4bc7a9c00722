// Repeats dimensions of size 1 (or missing in front) until a shape is reached, as in NumPy.
#include "synfire/def/elementwise.h"

namespace synfire {

struct BroadcastToOp {
  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "broadcast_to");
    Shape s = shape_of(attrs.ints("shape"));
    if (!(broadcast(in[0].shape, s) == s)) refuse(fmt::format("{} does not broadcast to {}", in[0].shape.str(), s.str()));
    return {{DType::f32, s}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    detail::BroadcastWalk walk(c.in, c.out[0].shape);
    for (int64_t i = 0, n = c.out[0].shape.numel(); i < n; ++i) c.output()[i] = c.input(0)[walk.index(0, i)];
  }
  static Values grad(Graph& g, const Gradient& c) { return {sum_to(g, c.dout[0], c.in[0].shape())}; }
  static std::vector<Sample> samples() {
    return {{{{DType::f32, {3, 1}}}, {{"shape", std::vector<int64_t>{2, 3, 4}}}}, {{{DType::f32, {}}}, {{"shape", std::vector<int64_t>{5}}}}};
  }
};
SYNFIRE_OP(BroadcastToOp, "broadcast_to", "Repeats dimensions of size 1 until a shape is reached.");

}  // namespace synfire

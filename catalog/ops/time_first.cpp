// Samples that are sequences, [B, T, F], with time outermost: [T B, F].
#include <algorithm>

#include "synfire/def/op_def.h"

namespace synfire {

struct TimeFirstOp {
  static Types infer(const Types& in, const Attrs&) {
    expect_inputs(in, 1, "time_first");
    const Shape& s = in[0].shape;
    if (s.rank() != 3 || in[0].dtype != DType::f32) refuse(fmt::format("time_first takes f32 [B, T, F], got {} {}", name_of(in[0].dtype), s.str()));
    return {{DType::f32, {s[0] * s[1], s[2]}}};
  }
  template <class R>
  static void turn(const R* x, R* y, const Shape& s, int64_t first, int64_t last) {  // steps first … last
    for (int64_t t = first; t < last; ++t)
      for (int64_t b = 0; b < s[0]; ++b) std::copy_n(x + (b * s[1] + t) * s[2], s[2], y + (t * s[0] + b) * s[2]);
  }
  template <class R>
  static void reference(const Reference<R>& c) { turn(c.input(0), c.output(), c.in[0].shape, 0, c.in[0].shape[1]); }
  static Kernel bind(const Binding& b) {
    const Shape s = b.in[0].shape;
    int slices = static_cast<int>(std::clamp<int64_t>(s.numel() / 4096, 1, std::min<int64_t>(16, s[1])));
    return {{slices, [=, x = b.in[0].f32(), y = b.out[0].f32()](int i) { turn(x, y, s, s[1] * i / slices, s[1] * (i + 1) / slices); }}};
  }
  // [T, B, F] seen as a batch of T sequences turns back.
  static Values grad(Graph& g, const Gradient& c) {
    const Shape& s = c.in[0].shape();
    Value by_time = g.op("reshape", {c.dout[0]}, {{"shape", std::vector<int64_t>{s[1], s[0], s[2]}}});
    return {g.op("reshape", {g.op("time_first", {by_time})}, {{"shape", ints_of(s)}})};
  }
  static std::vector<Sample> samples() { return {{{{DType::f32, {2, 3, 4}}}, {}}, {{{DType::f32, {33, 28, 28}}}, {}}, {{{DType::f32, {1, 5, 1}}}, {}}}; }
};
SYNFIRE_OP(TimeFirstOp, "time_first", "Sequences with time outermost.");

}  // namespace synfire

// All rows once more behind themselves, `times` in all: what does not change over time, at every step.
#include <algorithm>
#include <cstring>

#include "synfire/def/op_def.h"

namespace synfire {

struct RepeatRowsOp {
  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "repeat_rows");
    if (in[0].shape.rank() < 1 || attrs.integer("times") < 1) refuse(fmt::format("{} cannot be repeated {} times", in[0].shape.str(), attrs.integer("times")));
    Shape s = in[0].shape;
    s[0] *= attrs.integer("times");
    return {{in[0].dtype, s}};
  }
  template <class T>
  static void repeat(const T* from, int64_t n, int64_t times, T* to) {
    for (int64_t i = 0; i < times; ++i) std::copy_n(from, n, to + i * n);
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    int64_t n = c.in[0].shape.numel(), times = c.attrs.integer("times");
    if (c.in[0].dtype == DType::f32) return repeat(c.input(0), n, times, c.output());
    int64_t bytes = n * size_of(c.in[0].dtype);
    repeat(static_cast<const std::byte*>(c.in[0].data), bytes, times, static_cast<std::byte*>(c.out[0].data));
  }
  static Kernel bind(const Binding& b) {
    int64_t bytes = b.in[0].shape.numel() * size_of(b.in[0].dtype);
    return {{1, [=, from = b.in[0].data, to = b.out[0].data, times = b.attrs.integer("times")](int) {
      repeat(static_cast<const std::byte*>(from), bytes, times, static_cast<std::byte*>(to));
    }}};
  }
  static Values grad(Graph& g, const Gradient& c) {
    const Shape& s = c.in[0].shape();
    Value by_time = g.op("reshape", {c.dout[0]}, {{"shape", std::vector<int64_t>{c.attrs.integer("times"), s.numel()}}});
    return {g.op("reshape", {g.op("sum", {by_time}, {{"axes", std::vector<int64_t>{0}}})}, {{"shape", ints_of(s)}})};
  }
  static std::vector<Sample> samples() {
    return {{{{DType::f32, {3, 4}}}, {{"times", int64_t{5}}}}, {{{DType::i32, {7}}}, {{"times", int64_t{2}}}, 0, 9, 0, 0, false}};
  }
};
SYNFIRE_OP(RepeatRowsOp, "repeat_rows", "All rows again and again.");

}  // namespace synfire

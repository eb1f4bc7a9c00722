// Some neighbouring rows: x[first … first + count).
#include <algorithm>

#include "synfire/def/op_def.h"

namespace synfire {

struct RowsOp {
  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "rows");
    int64_t first = attrs.integer("first"), count = attrs.integer("count");
    if (in[0].shape.rank() < 1 || first < 0 || count < 1 || first > in[0].shape[0] - count) refuse(fmt::format("{} has no rows {} to {}", in[0].shape.str(), first, first + count - 1));
    Shape s = in[0].shape;
    s[0] = count;
    return {{in[0].dtype, s}};
  }
  static void copy(const View& from, const View& to, const Attrs& attrs) {
    int64_t bytes = from.shape.from(1) * size_of(from.dtype);
    std::copy_n(static_cast<const std::byte*>(from.data) + attrs.integer("first") * bytes, attrs.integer("count") * bytes, static_cast<std::byte*>(to.data));
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    int64_t row = c.in[0].shape.from(1);
    if (c.in[0].dtype == DType::f32) std::copy_n(c.input(0) + c.attrs.integer("first") * row, c.attrs.integer("count") * row, c.output());
    else copy(c.in[0], c.out[0], c.attrs);
  }
  static Kernel bind(const Binding& b) {
    return {{1, [=, from = b.in[0], to = b.out[0], attrs = b.attrs](int) { copy(from, to, attrs); }}};
  }
  static Values grad(Graph& g, const Gradient& c) {
    return {g.op("pad_rows", {c.dout[0]}, {{"first", c.attrs.integer("first")}, {"rows", c.in[0].shape()[0]}})};
  }
  static std::vector<Sample> samples() {
    return {{{{DType::f32, {7, 3}}}, {{"first", int64_t{2}}, {"count", int64_t{4}}}}, {{{DType::f32, {5}}}, {{"first", int64_t{0}}, {"count", int64_t{5}}}},
            {{{DType::i32, {6}}}, {{"first", int64_t{5}}, {"count", int64_t{1}}}, 0, 9, 0, 0, false}};
  }
};
SYNFIRE_OP(RowsOp, "rows", "Some neighbouring rows.");

}  // namespace synfire

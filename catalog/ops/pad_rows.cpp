// Rows of zeros before and behind: the gradient of taking some rows.
#include <algorithm>

#include "synfire/def/op_def.h"

namespace synfire {

struct PadRowsOp {
  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "pad_rows");
    int64_t first = attrs.integer("first"), rows = attrs.integer("rows");
    if (in[0].shape.rank() < 1 || first < 0 || first > rows - in[0].shape[0]) refuse(fmt::format("{} does not fit into {} rows from {}", in[0].shape.str(), rows, first));
    Shape s = in[0].shape;
    s[0] = rows;
    return {{DType::f32, s}};
  }
  template <class R>
  static void pad(const R* from, int64_t count, R* to, int64_t row, const Attrs& attrs) {
    int64_t first = attrs.integer("first") * row, all = attrs.integer("rows") * row;
    std::fill_n(to, first, R(0));
    std::copy_n(from, count * row, to + first);
    std::fill_n(to + first + count * row, all - first - count * row, R(0));
  }
  template <class R>
  static void reference(const Reference<R>& c) { pad(c.input(0), c.in[0].shape[0], c.output(), c.in[0].shape.from(1), c.attrs); }
  static Kernel bind(const Binding& b) {
    return {{1, [=, from = b.in[0], to = b.out[0], attrs = b.attrs](int) { pad(from.f32(), from.shape[0], to.f32(), from.shape.from(1), attrs); }}};
  }
  static Values grad(Graph& g, const Gradient& c) {
    return {g.op("rows", {c.dout[0]}, {{"first", c.attrs.integer("first")}, {"count", c.in[0].shape()[0]}})};
  }
  static std::vector<Sample> samples() {
    return {{{{DType::f32, {3, 4}}}, {{"first", int64_t{2}}, {"rows", int64_t{9}}}}, {{{DType::f32, {2, 2}}}, {{"first", int64_t{0}}, {"rows", int64_t{2}}}}};
  }
};
SYNFIRE_OP(PadRowsOp, "pad_rows", "Rows of zeros before and behind.");

}  // namespace synfire

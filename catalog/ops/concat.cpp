// Joining along the last dimension, and its parts: concat, slice (part of the last dimension) and pad (zeros on both sides of it).
// Their gradients are each other: of concat slices, of slice pad, of pad slice.
#include <algorithm>

#include "synfire/def/op_def.h"

namespace synfire {
namespace {

int64_t rows_above(const Shape& s) { return s.numel() / std::max<int64_t>(1, s[-1]); }

// y[r, to … to + n) = x[r, from … from + n) for rows of widths x_width and y_width.
template <class R>
void copy_columns(const R* x, int64_t x_width, int64_t from, R* y, int64_t y_width, int64_t to, int64_t n, int64_t first, int64_t last) {
  for (int64_t r = first; r < last; ++r) std::copy_n(x + r * x_width + from, n, y + r * y_width + to);
}
int copy_slices(int64_t rows, int64_t width) { return static_cast<int>(std::clamp<int64_t>(std::min(rows, rows * width / 16384), 1, 16)); }

Shape with_last(Shape s, int64_t n) {
  s[-1] = n;
  return s;
}

}  // namespace

struct ConcatOp {
  static Types infer(const Types& in, const Attrs&) {
    if (in.empty()) refuse("concat joins at least one input, got none");
    int64_t width = 0;
    for (const Type& t : in) {
      if (t.shape.rank() < 1 || t.shape.rank() != in[0].shape.rank() || !(with_last(t.shape, 1) == with_last(in[0].shape, 1)))
        refuse(fmt::format("concat joins along the last dimension, the others must be equal: got {} and {}", in[0].shape.str(), t.shape.str()));
      width += t.shape[-1];
    }
    return {{DType::f32, with_last(in[0].shape, width)}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    int64_t total = c.out[0].shape[-1], at = 0;
    for (size_t i = 0; i < c.in.size(); at += c.in[i++].shape[-1])
      copy_columns(c.input(static_cast<int>(i)), c.in[i].shape[-1], 0, c.output(), total, at, c.in[i].shape[-1], 0, rows_above(c.out[0].shape));
  }
  static Kernel bind(const Binding& b) {
    int64_t total = b.out[0].shape[-1], rows = rows_above(b.out[0].shape);
    int slices = copy_slices(rows, total);
    return {{slices, [=, in = b.in, y = b.out[0].f32()](int i) {
      int64_t at = 0;
      for (const View& v : in) {
        copy_columns(v.f32(), v.shape[-1], 0, y, total, at, v.shape[-1], rows * i / slices, rows * (i + 1) / slices);
        at += v.shape[-1];
      }
    }}};
  }
  static Values grad(Graph& g, const Gradient& c) {
    Values d;
    int64_t at = 0;
    for (Value v : c.in) {
      d.push_back(g.op("slice", {c.dout[0]}, {{"start", at}, {"size", v.shape()[-1]}}));
      at += v.shape()[-1];
    }
    return d;
  }
  static std::vector<Sample> samples() {
    auto t = [](Shape s) { return Type{DType::f32, s}; };
    return {{{t({3, 4}), t({3, 5})}, {}}, {{t({2, 3, 4, 1}), t({2, 3, 4, 16}), t({2, 3, 4, 3})}, {}}, {{t({7})}, {}}, {{t({500, 60}), t({500, 20})}, {}}};
  }
};
SYNFIRE_OP(ConcatOp, "concat", "Joins along the last dimension: features of vectors, channels of images.");

struct SliceOp {
  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "slice");
    int64_t start = attrs.integer("start"), size = attrs.integer("size");
    if (in[0].shape.rank() < 1 || start < 0 || size < 1 || start > in[0].shape[-1] || size > in[0].shape[-1] - start)
      refuse(fmt::format("a slice of {} from {} does not lie in {}", size, start, in[0].shape.str()));
    return {{DType::f32, with_last(in[0].shape, size)}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    int64_t n = c.out[0].shape[-1];
    copy_columns(c.input(0), c.in[0].shape[-1], c.attrs.integer("start"), c.output(), n, 0, n, 0, rows_above(c.out[0].shape));
  }
  static Kernel bind(const Binding& b) {
    int64_t width = b.in[0].shape[-1], start = b.attrs.integer("start"), n = b.out[0].shape[-1], rows = rows_above(b.out[0].shape);
    int slices = copy_slices(rows, n);
    return {{slices, [=, x = b.in[0].f32(), y = b.out[0].f32()](int i) {
      copy_columns(x, width, start, y, n, 0, n, rows * i / slices, rows * (i + 1) / slices);
    }}};
  }
  static Values grad(Graph& g, const Gradient& c) {
    int64_t start = c.attrs.integer("start"), after = c.in[0].shape()[-1] - start - c.out[0].shape()[-1];
    return {g.op("pad", {c.dout[0]}, {{"before", start}, {"after", after}})};
  }
  static std::vector<Sample> samples() {
    return {{{{DType::f32, {3, 7}}}, {{"start", int64_t{2}}, {"size", int64_t{4}}}}, {{{DType::f32, {2, 3, 4, 5}}}, {{"start", int64_t{0}}, {"size", int64_t{1}}}},
            {{{DType::f32, {500, 90}}}, {{"start", int64_t{3}}, {"size", int64_t{80}}}}};
  }
};
SYNFIRE_OP(SliceOp, "slice", "A part of the last dimension.");

struct PadOp {
  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "pad");
    int64_t before = attrs.integer("before"), after = attrs.integer("after");
    if (in[0].shape.rank() < 1 || before < 0 || after < 0) refuse(fmt::format("{} cannot be padded by {} and {}", in[0].shape.str(), before, after));
    return {{DType::f32, with_last(in[0].shape, before + in[0].shape[-1] + after)}};
  }
  template <class R>
  static void rows(const R* x, int64_t n, R* y, int64_t before, int64_t after, int64_t first, int64_t last) {
    for (int64_t r = first; r < last; ++r) {
      R* to = y + r * (before + n + after);
      std::fill_n(to, before, R(0)), std::copy_n(x + r * n, n, to + before), std::fill_n(to + before + n, after, R(0));
    }
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    rows(c.input(0), c.in[0].shape[-1], c.output(), c.attrs.integer("before"), c.attrs.integer("after"), 0, rows_above(c.out[0].shape));
  }
  static Kernel bind(const Binding& b) {
    int64_t n = b.in[0].shape[-1], before = b.attrs.integer("before"), after = b.attrs.integer("after"), all = rows_above(b.out[0].shape);
    int slices = copy_slices(all, before + n + after);
    return {{slices, [=, x = b.in[0].f32(), y = b.out[0].f32()](int i) { rows(x, n, y, before, after, all * i / slices, all * (i + 1) / slices); }}};
  }
  static Values grad(Graph& g, const Gradient& c) {
    return {g.op("slice", {c.dout[0]}, {{"start", c.attrs.integer("before")}, {"size", c.in[0].shape()[-1]}})};
  }
  static std::vector<Sample> samples() {
    return {{{{DType::f32, {3, 4}}}, {{"before", int64_t{2}}, {"after", int64_t{1}}}}, {{{DType::f32, {2, 3, 4, 5}}}, {{"before", int64_t{0}}, {"after", int64_t{5}}}},
            {{{DType::f32, {500, 60}}}, {{"before", int64_t{9}}, {"after", int64_t{11}}}}};
  }
};
SYNFIRE_OP(PadOp, "pad", "Zeros before and after along the last dimension.");

}  // namespace synfire

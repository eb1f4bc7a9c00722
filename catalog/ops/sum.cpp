// Sums over some axes, or over everything: over halves of halves, so that the order is fixed and errors stay small.
#include <algorithm>

#include "synfire/def/op_def.h"

namespace synfire {
namespace {

// Pairwise sum with a fixed tree (Higham 1993).
template <class R>
R pairwise(const R* x, int64_t n, int64_t stride) {
  if (n <= 32) {
    R s = 0;
    for (int64_t i = 0; i < n; ++i) s += x[i * stride];
    return s;
  }
  int64_t half = n / 2;
  return pairwise(x, half, stride) + pairwise(x + half * stride, n - half, stride);
}

// The summed axes must be neighbours: then the array is [outer][summed][inner].
struct SumGeometry {
  int64_t outer = 1, summed = 1, inner = 1;
  Shape result;
  SumGeometry(const Shape& s, const Attrs& attrs) {
    std::vector<int64_t> axes = attrs.ints("axes");
    if (!attrs.find("axes")) for (int i = 0; i < s.rank(); ++i) axes.push_back(i);
    std::sort(axes.begin(), axes.end());
    for (size_t i = 0; i < axes.size(); ++i)
      if (axes[i] < 0 || axes[i] >= s.rank() || (i && axes[i] == axes[i - 1])) refuse(fmt::format("axis {} of {} cannot be summed", axes[i], s.str()));
    for (int i = 0; i < s.rank(); ++i) {
      bool is_summed = std::find(axes.begin(), axes.end(), i) != axes.end();
      if (!is_summed) result.push_back(s[i]);
      if (axes.empty() || i < axes.front()) outer *= s[i];
      else if (i > axes.back()) inner *= s[i];
      else summed *= s[i];
    }
    neighbours = axes.empty() || axes.back() - axes.front() + 1 == static_cast<int64_t>(axes.size());
  }
  bool neighbours = true;
};

// out[outer, inner] for outer in [o0, o1): rows of `inner` are added in chunks of 64, then the chunks in order.
void sum_rows(const float* x, float* y, int64_t summed, int64_t inner, int64_t o0, int64_t o1) {
  for (int64_t o = o0; o < o1; ++o) {
    const float* from = x + o * summed * inner;
    float* to = y + o * inner;
    if (inner == 1) { to[0] = pairwise(from, summed, 1); continue; }
    std::fill_n(to, inner, 0.f);
    for (int64_t s = 0; s < summed; ++s)
      for (int64_t i = 0; i < inner; ++i) to[i] += from[s * inner + i];
  }
}

}  // namespace

struct SumOp {
  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "sum");
    return {{DType::f32, SumGeometry(in[0].shape, attrs).result}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    const Shape& s = c.in[0].shape;
    std::vector<int64_t> axes = c.attrs.ints("axes");
    if (!c.attrs.find("axes")) for (int i = 0; i < s.rank(); ++i) axes.push_back(i);
    std::fill_n(c.output(), c.out[0].shape.numel(), R(0));
    for (int64_t i = 0, n = s.numel(); i < n; ++i) {
      int64_t to = 0;
      for (int d = 0; d < s.rank(); ++d)
        if (std::find(axes.begin(), axes.end(), d) == axes.end()) to = to * s[d] + i / s.from(d + 1) % s[d];
      c.output()[to] += c.input(0)[i];
    }
  }
  static Workspace workspace(const Types& in, const Attrs& attrs) {
    SumGeometry g(in[0].shape, attrs);
    return {g.outer == 1 && g.inner > 1 ? 16 * g.inner * 4 : 0, 0};
  }
  static Kernel bind(const Binding& b) {
    SumGeometry g(b.in[0].shape, b.attrs);
    const float* x = b.in[0].f32();
    float* y = b.out[0].f32();
    if (!g.neighbours) {
      return {{1, [in = b.in, out = b.out, attrs = b.attrs](int) { reference<float>({in, out, attrs}); }}};
    }
    if (g.outer == 1 && g.inner > 1) {  // column sums: 16 slices of rows, then their sums in order
      float* partial = reinterpret_cast<float*>(b.shared);
      int slices = static_cast<int>(std::clamp<int64_t>(g.summed / 64, 1, 16));
      auto part = [=, summed = g.summed, inner = g.inner](int s) {
        int64_t first = summed * s / slices, last = summed * (s + 1) / slices;
        sum_rows(x + first * inner, slices == 1 ? y : partial + s * inner, last - first, inner, 0, 1);
      };
      if (slices == 1) return {{1, part}};
      return {{slices, part}, {1, [=, inner = g.inner](int) { sum_rows(partial, y, slices, inner, 0, 1); }}};
    }
    int slices = static_cast<int>(std::clamp<int64_t>(g.outer / 16, 1, 16));
    return {{slices, [=](int s) { sum_rows(x, y, g.summed, g.inner, g.outer * s / slices, g.outer * (s + 1) / slices); }}};
  }
  static Values grad(Graph& g, const Gradient& c) {
    Shape kept = c.in[0].shape();  // with ones where it was summed
    std::vector<int64_t> axes = c.attrs.ints("axes");
    for (int i = 0; i < kept.rank(); ++i)
      if (!c.attrs.find("axes") || std::find(axes.begin(), axes.end(), i) != axes.end()) kept[i] = 1;
    Value d = g.op("reshape", {c.dout[0]}, {{"shape", ints_of(kept)}});
    return {g.op("broadcast_to", {d}, {{"shape", ints_of(c.in[0].shape())}})};
  }
  static std::vector<Sample> samples() {
    return {{{{DType::f32, {3, 4, 5}}}, {}},
            {{{DType::f32, {3, 4, 5}}}, {{"axes", std::vector<int64_t>{0, 1}}}},
            {{{DType::f32, {3, 4, 5}}}, {{"axes", std::vector<int64_t>{0, 2}}}},
            {{{DType::f32, {3, 4, 5}}}, {{"axes", std::vector<int64_t>{1, 2}}}},
            {{{DType::f32, {3000, 7}}}, {{"axes", std::vector<int64_t>{0}}}}};
  }
};
SYNFIRE_OP(SumOp, "sum", "Sum over the axes listed, or over all.");

}  // namespace synfire

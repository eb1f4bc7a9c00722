// Matrix product of two matrices, either one transposed, with an optional row added to every row of the result.
#include <algorithm>
#include <array>

#include "synfire/def/op_def.h"
#include "synfire/tensor/events.h"
#include "synfire/tensor/gemm.h"
#include "synfire/tensor/panels.h"

namespace synfire {
namespace {

struct MatmulShape {
  bool ta, tb, bias;
  int64_t M, N, K;
  MatmulShape(const Shape& a, const Shape& b, size_t inputs, const Attrs& attrs)
      : ta(attrs.flag("transpose_a")), tb(attrs.flag("transpose_b")), bias(inputs == 3),
        M(a[ta ? 1 : 0]), N(b[tb ? 0 : 1]), K(a[ta ? 0 : 1]) {}
};

int64_t panel_floats(int64_t N, int64_t K) { return (N + 15) / 16 * 16 * K; }

bool is_weight_grad(const Binding& b, const MatmulShape& s) {
  return s.ta && !s.tb && !s.bias && b.in[1].layout == Layout::rows && b.out[0].layout == Layout::panels;
}

// Of b rearranged; none where it comes as the product wants it.
int64_t right_floats(const Binding& b, const MatmulShape& s) { return s.tb && b.in[1].layout == Layout::panels ? 0 : panel_floats(s.N, s.K); }

// Which side may be mostly zeros, as spikes are: "events" = 1 says the first, 2 the second. Whether a product then goes through what is not
// zero or through everything is seen anew each time, slice by slice.
bool events_left(const Binding& b, const MatmulShape& s) { return b.attrs.integer("events") == 1 && !s.ta && s.M * s.K > 4096; }
bool events_right(const Binding& b, const MatmulShape& s) { return b.attrs.integer("events") == 2 && is_weight_grad(b, s) && s.K * s.N > 4096; }
int64_t whole_lines(int64_t bytes) { return (bytes + 63) / 64 * 64; }

// dw = dyᵀ x straight into panels of dw [M, N]: x is b [K, N], dy is a [K, M].
Kernel bind_weight_grad(const Binding& b, const MatmulShape& s) {
  const float *dy = b.in[0].f32(), *x = b.in[1].f32();
  float *dw = static_cast<float*>(b.out[0].data), *slivers = reinterpret_cast<float*>(b.shared);
  int64_t rows = s.K, N = s.M, K = s.N, all = (K + 5) / 6;
  int packs = static_cast<int>(std::clamp<int64_t>(all / 8, 1, 8));
  if (!weight_grad_packs(rows, N, K)) packs = 0;
  return {{packs, [=](int i) { pack_slivers(rows, K, x, K, slivers, all * i / packs, all * (i + 1) / packs); }},
          {weight_grad_slices(N, K), [=, scratch = b.scratch, epilogue = b.epilogue](int i) {
             weight_grad(i, rows, N, K, x, K, slivers, dy, N, dw, reinterpret_cast<float*>(scratch()), epilogue);
           }}};
}

// The same sum over the entries of x.
Kernel bind_events_weight(const Binding& b, const MatmulShape& s) {
  Kernel dense = bind_weight_grad(b, s);
  int64_t slivers = weight_grad_packs(s.K, s.M, s.N) ? sliver_floats(s.K, s.N) * 4 : 0, rows = s.K;
  const float *dy = b.in[0].f32(), *x = b.in[1].f32();
  float* dw = static_cast<float*>(b.out[0].data);
  auto events = std::make_shared<Events>(rows, s.N, b.shared + whole_lines(slivers));
  int gathers = static_cast<int>(std::clamp<int64_t>(rows / 64, 1, 16)), own = events_weight_slices(s.N), all = dense[1].slices;
  Phase pack = dense[0], whole = dense[1];
  return {{gathers, [=](int i) { events->gather(x, rows * i / gathers, rows * (i + 1) / gathers); }},
          {pack.slices, [=](int i) { if (!events->sparse(0, rows)) pack.run(i); }},
          {std::max(own, all), [=, N = s.M, scratch = b.scratch, epilogue = b.epilogue](int i) {
             if (!events->sparse(0, rows)) { if (i < all) whole.run(i); }
             else if (i < own) events_weight(i, N, *events, dy, N, dw, scratch(), epilogue);
           }}};
}

}  // namespace

struct MatmulOp {
  static constexpr Flags flags{.panel_inputs = 2, .panel_output = true, .epilogue = true, .virtual_output = true};

  static Types infer(const Types& in, const Attrs& attrs) {
    if (in.size() != 2 && in.size() != 3) refuse(fmt::format("matmul takes 2 or 3 inputs, got {}", in.size()));
    if (in[0].shape.rank() != 2 || in[1].shape.rank() != 2)
      refuse(fmt::format("matmul takes matrices, got {} and {}", in[0].shape.str(), in[1].shape.str()));
    MatmulShape s(in[0].shape, in[1].shape, in.size(), attrs);
    if (s.K != in[1].shape[s.tb ? 1 : 0])
      refuse(fmt::format("a product of {} and {} does not fit: {} against {}", in[0].shape.str(), in[1].shape.str(), s.K, in[1].shape[s.tb ? 1 : 0]));
    if (s.bias && !(in[2].shape == Shape{s.N})) refuse(fmt::format("the bias should be {}, got {}", Shape{s.N}.str(), in[2].shape.str()));
    return {{DType::f32, {s.M, s.N}}};
  }

  template <class R>
  static void reference(const Reference<R>& c) {
    MatmulShape s(c.in[0].shape, c.in[1].shape, c.in.size(), c.attrs);
    for (int64_t m = 0; m < s.M; ++m)
      for (int64_t n = 0; n < s.N; ++n) {
        R sum = s.bias ? c.input(2)[n] : R(0);
        for (int64_t k = 0; k < s.K; ++k)
          sum += c.input(0)[s.ta ? k * s.M + m : m * s.K + k] * c.input(1)[s.tb ? n * s.K + k : k * s.N + n];
        c.output()[m * s.N + n] = sum;
      }
  }

  // Room for what is rearranged before the product: b in panels, a transposed, rows of a result that is wanted in panels or not at all; or
  // the slivers of a weight gradient.
  static Workspace workspace(const Types& in, const Attrs& attrs) {
    MatmulShape s(in[0].shape, in[1].shape, in.size(), attrs);
    int64_t product = panel_floats(s.N, s.K) + (s.ta ? s.M * s.K : 0) + s.M * s.N + panel_floats(s.M, s.N);
    int64_t weight = s.ta && !s.tb && weight_grad_packs(s.K, s.M, s.N) ? sliver_floats(s.K, s.N) : 0;
    return {std::max(product, weight) * 4, s.ta && !s.tb ? weight_grad_scratch(s.K) * 4 : 0};
  }
  static Workspace exact_workspace(const Binding& b, bool virtual_output) {
    MatmulShape s(b.in[0].shape, b.in[1].shape, b.in.size(), b.attrs);
    if (is_weight_grad(b, s)) {
      int64_t slivers = weight_grad_packs(s.K, s.M, s.N) ? sliver_floats(s.K, s.N) * 4 : 0, scratch = weight_grad_scratch(s.K) * 4;
      if (!events_right(b, s)) return {slivers, scratch};
      return {whole_lines(slivers) + Events::bytes(s.K, s.N), std::max(scratch, events_weight_scratch(s.K, s.N))};
    }
    bool panels = b.out[0].layout == Layout::panels;
    int64_t result = (panels || virtual_output ? s.M * s.N : 0) + (panels && virtual_output ? panel_floats(s.M, s.N) : 0);
    int64_t floats = right_floats(b, s) + (s.ta ? s.M * s.K : 0) + result;
    return {whole_lines(floats * 4) + (events_left(b, s) ? Events::bytes(s.M, s.K) : 0), 0};
  }

  static Kernel bind(const Binding& b) {
    MatmulShape s(b.in[0].shape, b.in[1].shape, b.in.size(), b.attrs);
    bool b_panels = b.in[1].layout == Layout::panels;
    if (is_weight_grad(b, s)) return events_right(b, s) ? bind_events_weight(b, s) : bind_weight_grad(b, s);
    Kernel kernel;
    const float *x = b.in[0].f32(), *w = b.in[1].f32(), *bias = s.bias ? b.in[2].f32() : nullptr;
    float *panels = reinterpret_cast<float*>(b.shared), *transposed = panels + right_floats(b, s);
    if (!s.tb && b_panels) {  // panels of b [K, N], wanted of bᵀ
      int64_t all = (s.N + 15) / 16;
      int parts = static_cast<int>(std::clamp<int64_t>(all / 2, 1, 8));
      kernel.push_back({parts, [=](int i) { transpose_panels(w, s.K, s.N, panels, all * i / parts, all * (i + 1) / parts); }});
    } else if (!b_panels) {
      kernel.push_back({1, [=](int) { to_panels(w, s.N, s.K, s.tb ? s.K : 1, s.tb ? 1 : s.N, panels); }});
    }
    if (s.ta) kernel.push_back({1, [=](int) { for (int64_t m = 0; m < s.M; ++m) for (int64_t k = 0; k < s.K; ++k) transposed[m * s.K + k] = x[k * s.M + m]; }});
    const float *left = s.ta ? transposed : x, *right = s.tb && b_panels ? w : panels;
    float* rows = transposed + (s.ta ? s.M * s.K : 0);
    if (b.out[0].layout == Layout::panels) {  // computed as rows, then put into panels; the epilogue wants stored order
      float* y = b.out[0].data ? b.out[0].f32() : rows + s.M * s.N;
      kernel.push_back({gemm_slices(s.M, s.N, s.K), [=](int i) { gemm_panels(gemm_slice(s.M, s.N, s.K, i), s.N, s.K, left, s.K, right, bias, rows, s.N, {}); }});
      kernel.push_back({1, [=, epilogue = b.epilogue](int) { to_panels(rows, s.M, s.N, s.N, 1, y); epilogue(y, 0, panel_floats(s.M, s.N)); }});
      return kernel;
    }
    float* y = b.out[0].data ? b.out[0].f32() : rows;
    if (events_left(b, s)) {
      int64_t floats = right_floats(b, s) + (b.out[0].data ? 0 : s.M * s.N);
      auto events = std::make_shared<Events>(s.M, s.K, b.shared + whole_lines(floats * 4));
      int gathers = static_cast<int>(std::clamp<int64_t>(s.M / 64, 1, 16));
      kernel.push_back({gathers, [=](int i) { events->gather(x, s.M * i / gathers, s.M * (i + 1) / gathers); }});
      kernel.push_back({gemm_slices(s.M, s.N, s.K), [=, epilogue = b.epilogue](int i) {
        GemmSlice slice = gemm_slice(s.M, s.N, s.K, i);
        if (events->sparse(slice.m0, slice.m1)) events_panels(slice, s.N, *events, right, bias, y, s.N, epilogue);
        else gemm_panels(slice, s.N, s.K, left, s.K, right, bias, y, s.N, epilogue);
      }});
      return kernel;
    }
    kernel.push_back({gemm_slices(s.M, s.N, s.K), [=, epilogue = b.epilogue](int i) {
      gemm_panels(gemm_slice(s.M, s.N, s.K, i), s.N, s.K, left, s.K, right, bias, y, s.N, epilogue);
    }});
    return kernel;
  }

  static Values grad(Graph& g, const Gradient& c) {
    bool ta = c.attrs.flag("transpose_a"), tb = c.attrs.flag("transpose_b");
    Value a = c.in[0], b = c.in[1], d = c.dout[0];
    int64_t events = c.attrs.integer("events") == 1 && tb && !ta ? 2 : 0;  // of dyᵀ x
    auto product = [&](Value x, Value y, bool tx, bool ty, int64_t sparse = 0) { return g.op("matmul", {x, y}, {{"transpose_a", tx}, {"transpose_b", ty}, {"events", sparse}}); };
    Values r{ta ? product(b, d, tb, true) : product(d, b, false, !tb), tb ? product(d, a, true, ta, events) : product(a, d, !ta, false)};
    if (c.in.size() == 3) r.push_back(g.op("sum", {d}, {{"axes", std::vector<int64_t>{0}}}));
    return r;
  }

  static double flops(const Types& in, const Attrs& attrs) {
    MatmulShape s(in[0].shape, in[1].shape, in.size(), attrs);
    return 2.0 * static_cast<double>(s.M) * static_cast<double>(s.N) * static_cast<double>(s.K);
  }

  static std::vector<Sample> samples() {
    std::vector<Sample> v;
    auto m = [](int64_t r, int64_t c) { return Type{DType::f32, {r, c}}; };
    for (auto [M, N, K] : {std::array<int64_t, 3>{3, 5, 4}, {1, 33, 17}, {2, 40, 9}, {7, 16, 3}, {200, 70, 20}})
      for (int form = 0; form < 4; ++form) {
        bool ta = form & 1, tb = form & 2;
        Types in{ta ? m(K, M) : m(M, K), tb ? m(N, K) : m(K, N)};
        if (form == 2) in.push_back({DType::f32, {N}});
        if (M < 100 || form == 2) v.push_back({in, {{"transpose_a", ta}, {"transpose_b", tb}}});
      }
    for (double zeros : {0.9, 0.5}) {  // few entries, many
      v.push_back({{m(150, 700), m(100, 700), {DType::f32, {100}}}, {{"transpose_b", true}, {"events", int64_t{1}}}, -1, 1, 0, zeros});
      v.push_back({{m(150, 90), m(150, 70)}, {{"transpose_a", true}, {"events", int64_t{2}}}, -1, 1, 0, zeros});
    }
    return v;
  }
};
SYNFIRE_OP(MatmulOp, "matmul", "Matrix product, either side transposed, with an optional bias row.");

}  // namespace synfire

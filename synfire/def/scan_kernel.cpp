// The fast kernels of scans. Without recurrence a slice is some units: for each strip of them all steps, states in the first-level cache.
// With recurrence a slice is some rows of the batch: for each step a small product with V, whose panels stay in the second-level cache,
// then the cells. No step waits for another slice.
#include <algorithm>

#include "synfire/def/scan.h"
#include "synfire/def/scan_inputs.h"
#include "synfire/tensor/gemm.h"
#include "synfire/tensor/panels.h"

namespace synfire::detail {
namespace {

int64_t panel_floats(int64_t N, int64_t K) { return (N + 15) / 16 * 16 * K; }
int unit_slices(int64_t units) { return static_cast<int>(std::clamp<int64_t>(units / 1024, 1, 16)); }
int row_slices(int64_t B) { return static_cast<int>(std::clamp<int64_t>(B / 16, 1, 16)); }
int64_t cut(int64_t n, int slice, int slices, int64_t unit) { return std::min(n, (n * slice / slices + unit - 1) / unit * unit); }

struct Common {
  CellCode code;
  ScanShape s;
  std::shared_ptr<const void> cell;
  int64_t BN, GN;
  Common(const CellCode& code, const ScanShape& s, const Attrs& attrs) : code(code), s(s), cell(code.make(attrs)), BN(s.B * s.N), GN(s.G * s.N) {}

  void start(float* state, int j, int64_t n) const { std::fill_n(state, n, j < code.shape.states ? code.start(j, cell.get()) : 0.f); }
};

struct Forward : Common {
  using Common::Common;
  const float *x, *v = nullptr, *c = nullptr;   // v in panels
  float *y, *trace[kMostStates] = {}, *a = nullptr;

  void step(const Strip& p) const {
    code.forward(p, cell.get());
    if (s.firing.refractory) hold(p);
  }
  // Units that fired lately do not fire, and their membrane is at the reset (unless nothing resets it). The counter is the last state.
  void hold(const Strip& p) const {
    const float *in = p.s_in[code.shape.states], reset = code.reset(cell.get()), steps = float(s.firing.refractory);
    float *out = p.s_out[code.shape.states], *v = p.s_out[0];
    const bool clamped = code.shape.clamped;
    for (int i = 0; i < p.n; ++i) {
      bool held = in[i] > 0;
      p.y[i] = held ? 0 : p.y[i], v[i] = held && clamped ? reset : v[i];
      out[i] = held ? in[i] - 1 : p.y[i] > 0 ? steps : 0;
    }
  }

  void units(int64_t e0, int64_t e1) const {
    float first[kMostStates][kStrip], own[kMostStates][kStrip];
    for (int64_t e = e0; e < e1; e += kStrip) {
      Strip p;
      p.n = static_cast<int>(std::min<int64_t>(kStrip, e1 - e));
      for (int j = 0; j < s.S; ++j) start(first[j], j, p.n), p.s_in[j] = first[j];
      for (int64_t t = 0; t < s.T; ++t) {
        p.x[0] = x + t * s.x_step() + e, p.y = y + t * BN + e;
        for (int j = 0; j < s.S; ++j) p.s_out[j] = s.trace ? trace[j] + t * BN + e : own[j];
        step(p);
        for (int j = 0; j < s.S; ++j) p.s_in[j] = p.s_out[j];
      }
    }
  }

  // h = V y of the step before + c; cells that do not want it apart get x + h.
  void gates(int64_t t, int64_t b0, int64_t b1, float* h) const {
    if (t == 0) for (int64_t b = b0; b < b1; ++b) std::copy_n(c, GN, h + b * GN);
    else gemm_panels({b0, b1, 0, (GN + 15) / 16}, GN, s.N, y + (t - 1) * BN, s.N, v, c, h, GN, {});
    if (s.apart) return;
    const float* from = x + t * s.x_step();
    for (int64_t i = b0 * GN; i < b1 * GN; ++i) h[i] += from[i];
  }
  // scratch: [B, G N], then each state [B, N]; used where there is no trace.
  void batch(int64_t b0, int64_t b1, float* scratch) const {
    float* own = scratch + s.B * GN;
    float first[kMostStates][kStrip];
    for (int j = 0; j < s.S; ++j) start(first[j], j, kStrip);
    for (int64_t t = 0; t < s.T; ++t) {
      float* h = s.trace ? a + t * s.B * GN : scratch;
      gates(t, b0, b1, h);
      for (int64_t b = b0; b < b1; ++b)
        for (int64_t n = 0; n < s.N; n += kStrip) {
          Strip p;
          int64_t e = b * s.N + n;
          p.n = static_cast<int>(std::min<int64_t>(kStrip, s.N - n)), p.y = y + t * BN + e;
          for (int k = 0; k < s.G; ++k) p.h[k] = h + b * GN + k * s.N + n, p.x[k] = s.apart ? x + t * s.x_step() + b * GN + k * s.N + n : p.h[k];
          for (int j = 0; j < s.S; ++j) {
            float* state = s.trace ? trace[j] + t * BN + e : own + j * BN + e;
            p.s_out[j] = state, p.s_in[j] = t == 0 ? first[j] : s.trace ? state - BN : state;
          }
          step(p);
        }
    }
  }
};

struct Backward : Common {
  using Common::Common;
  const float *x = nullptr, *trace[kMostStates] = {}, *a = nullptr, *dy = nullptr, *da = nullptr, *dtrace[kMostStates] = {};
  const float* vt = nullptr;                      // panels of Vᵀ
  float *dx, *dh = nullptr;

  void step(StripBack& p) const {
    float dy_of_free[kStrip];
    if (s.firing.refractory) {  // what is held passes nothing back: neither its spike nor its membrane depends on anything
      const float* wait = p.s_in[code.shape.states];
      for (int i = 0; i < p.n; ++i) {
        bool held = wait[i] > 0;
        dy_of_free[i] = held ? 0 : p.dy[i];
        if (code.shape.clamped) p.adjoint[0][i] = held ? 0 : p.adjoint[0][i];
      }
      p.dy = dy_of_free;
    }
    code.backward(p, cell.get());
  }

  void add_upstream(StripBack& p, int64_t i) const {
    for (int j = 0; j < code.shape.states; ++j)
      if (dtrace[j]) for (int k = 0; k < p.n; ++k) p.adjoint[j][k] += dtrace[j][i + k];
  }

  void units(int64_t e0, int64_t e1) const {
    float first[kMostStates][kStrip], adjoint[kMostStates][kStrip], nothing[kStrip] = {};
    for (int64_t e = e0; e < e1; e += kStrip) {
      StripBack p;
      p.n = static_cast<int>(std::min<int64_t>(kStrip, e1 - e));
      for (int j = 0; j < s.S; ++j) start(first[j], j, p.n), std::fill_n(adjoint[j], p.n, 0.f), p.adjoint[j] = adjoint[j];
      for (int64_t t = s.T - 1; t >= 0; --t) {
        int64_t i = t * BN + e;
        p.x[0] = x + t * s.x_step() + e, p.dx[0] = dx + t * s.x_step() + e;
        p.accumulate = s.constant && t + 1 < s.T;
        p.dy = dy ? dy + i : nothing;
        for (int j = 0; j < s.S; ++j) p.s_in[j] = t > 0 ? trace[j] + i - BN : first[j];
        add_upstream(p, i);
        step(p);
      }
    }
  }

  // scratch: dL / dy [B, N], then the adjoint of each state [B, N].
  void batch(int64_t b0, int64_t b1, float* scratch) const {
    float *mine = scratch, *adjoint = scratch + BN, first[kMostStates][kStrip];
    for (int j = 0; j < s.S; ++j) start(first[j], j, kStrip), std::fill_n(adjoint + j * BN + b0 * s.N, (b1 - b0) * s.N, 0.f);
    float* back = s.apart ? dh : dx;
    for (int64_t t = s.T - 1; t >= 0; --t) {
      if (t + 1 < s.T) gemm_panels({b0, b1, 0, (s.N + 15) / 16}, s.N, GN, back + (t + 1) * s.B * GN, GN, vt, nullptr, mine, s.N, {});
      else std::fill_n(mine + b0 * s.N, (b1 - b0) * s.N, 0.f);
      if (dy) for (int64_t i = b0 * s.N; i < b1 * s.N; ++i) mine[i] += dy[t * BN + i];
      for (int64_t b = b0; b < b1; ++b)
        for (int64_t n = 0; n < s.N; n += kStrip) {
          StripBack p;
          int64_t e = b * s.N + n, row = t * s.B * GN + b * GN + n;
          p.n = static_cast<int>(std::min<int64_t>(kStrip, s.N - n)), p.dy = mine + e;
          for (int k = 0; k < s.G; ++k) {
            int64_t i = row + k * s.N;
            p.x[k] = s.apart ? x + i : a + i, p.h[k] = a + i, p.dx[k] = dx + i;
            if (s.apart) p.dh[k] = dh + i;
          }
          for (int j = 0; j < s.S; ++j) p.s_in[j] = t > 0 ? trace[j] + (t - 1) * BN + e : first[j], p.adjoint[j] = adjoint + j * BN + e;
          add_upstream(p, t * BN + e);
          step(p);
        }
      if (da) for (int64_t i = (t * s.B + b0) * GN; i < (t * s.B + b1) * GN; ++i) back[i] += da[i];
    }
  }
};

template <class F> Kernel by_units(std::shared_ptr<F> f) {
  int slices = unit_slices(f->BN);
  return {{slices, [f, slices](int i) { f->units(cut(f->BN, i, slices, 16), cut(f->BN, i + 1, slices, 16)); }}};
}
template <class F> Phase by_rows(std::shared_ptr<F> f, float* scratch) {
  int slices = row_slices(f->s.B);
  return {slices, [f, slices, scratch](int i) { f->batch(cut(f->s.B, i, slices, 1), cut(f->s.B, i + 1, slices, 1), scratch); }};
}

}  // namespace

Workspace scan_workspace(const CellCode& code, const Types& in, const Attrs& attrs) {
  ScanShape s(code.shape, in[0].shape, attrs);
  if (!s.recurrent) return {};
  return {(panel_floats(s.G * s.N, s.N) + (s.G + s.S) * s.B * s.N) * 4, 0};
}

Workspace scan_grad_workspace(const CellCode& code, const Types&, const Attrs& attrs) {
  ScanShape s = back_shape(code.shape, attrs);
  if (!s.recurrent) return {};
  return {(panel_floats(s.N, s.G * s.N) + (1 + s.S) * s.B * s.N) * 4, 0};
}

// Smooth spikes are for checking gradients, which need not be fast.
static Kernel by_oracle(const CellCode& code, const Binding& b) {
  std::vector<View> in = b.in;
  float* rows = reinterpret_cast<float*>(b.shared);
  bool turn = in.size() > 1 && in[1].layout == Layout::panels;
  if (turn) in[1].data = rows, in[1].layout = Layout::rows;
  return {{1, [code, in, rows, turn, panels = turn ? b.in[1].f32() : nullptr, out = b.out, attrs = b.attrs](int) {
    if (turn) from_panels(panels, in[1].shape[0], in[1].shape[1], rows);
    scan_reference<float>(code, {in, out, attrs});
  }}};
}

Kernel bind_scan(const CellCode& code, const Binding& b) {
  ScanShape s(code.shape, b.in[0].shape, b.attrs);
  if (s.smooth) return by_oracle(code, b);
  auto f = std::make_shared<Forward>(code, s, b.attrs);
  f->x = b.in[0].f32(), f->y = b.out[0].f32();
  if (s.trace) for (int j = 0; j < s.S; ++j) f->trace[j] = b.out[size_t(1 + j)].f32();
  if (!s.recurrent) return by_units(f);
  if (s.trace) f->a = b.out[size_t(1 + s.S)].f32();
  float *panels = reinterpret_cast<float*>(b.shared), *scratch = panels + panel_floats(f->GN, s.N);
  const float* v = b.in[1].f32();
  f->v = v, f->c = b.in[2].f32();
  Kernel kernel;
  if (b.in[1].layout == Layout::rows) {
    f->v = panels;
    kernel.push_back({1, [=, GN = f->GN, N = s.N](int) { to_panels(v, GN, N, N, 1, panels); }});
  }
  kernel.push_back(by_rows(f, scratch));
  return kernel;
}

Kernel bind_scan_grad(const CellCode& code, const Binding& b) {
  ScanShape s = back_shape(code.shape, b.attrs);
  BackInputs at(code.shape, s, b.attrs.integer("given"));
  if (s.smooth) return {{1, [code, in = b.in, out = b.out, attrs = b.attrs](int) { scan_grad_reference<float>(code, {in, out, attrs}); }}};
  auto f = std::make_shared<Backward>(code, s, b.attrs);
  auto given = [&](int i) -> const float* { return i < 0 ? nullptr : b.in[size_t(i)].f32(); };
  f->x = given(at.x), f->a = given(at.a), f->dy = given(at.dy), f->da = given(at.da), f->dx = b.out[0].f32();
  if (s.apart) f->dh = b.out[1].f32();
  for (int j = 0; j < s.S; ++j) f->trace[j] = given(at.trace + j);
  for (int j = 0; j < code.shape.states; ++j) f->dtrace[j] = given(at.dtrace[size_t(j)]);
  if (!s.recurrent) return by_units(f);
  int64_t GN = f->GN, N = s.N;
  float *turned = reinterpret_cast<float*>(b.shared), *scratch = turned + panel_floats(N, GN);
  const float* v = given(at.v);
  f->vt = turned;
  return {{1, [=](int) { to_panels(v, N, GN, 1, N, turned); }}, by_rows(f, scratch)};
}

}  // namespace synfire::detail

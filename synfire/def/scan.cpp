// What scans of all cells have in common: shapes, the gradient rule, the oracle, samples.
#include "synfire/def/scan.h"

#include <algorithm>
#include <cmath>

#include "synfire/def/scan_inputs.h"

namespace synfire {

SYNFIRE_REGISTRY(SurrogateDef)

const Choice& usual_surrogate() {
  static const Choice c{"atan", {}};
  return c;
}

Slope::Slope(const Choice& c) : def(Registry<SurrogateDef>::find(c.kind)) {
  if (!def) fail(Code::config, fmt::format("no surrogate is called \"{}\"", c.kind), "`synfire list surrogate` names them");
  params = def->pack(c.attrs);
}

ScanShape::ScanShape(const CellShape& c, const Shape& x, const Attrs& attrs)
    : T(attrs.integer("steps", 1)), G(c.gates), constant(attrs.flag("same_input")), recurrent(attrs.flag("recurrent")), trace(attrs.flag("trace")),
      smooth(attrs.flag("smooth")), apart(c.apart), firing(detail::firing_of(attrs, detail::dt_of(attrs))), dt(detail::dt_of(attrs)) {
  S = c.states + (firing.refractory > 0);
  if (x.rank() != 2) refuse(fmt::format("a layer with state takes [T B, N], got {}", x.str()), "flatten in front of it");
  if (T < 1) refuse(fmt::format("{} time steps", T), "time.steps is 1 or more");
  if (!constant && x[0] % T) refuse(fmt::format("{} rows are not {} time steps of whole batches", x[0], T));
  if (x[1] % G) refuse(fmt::format("{} inputs cannot be shared by {} gates", x[1], G));
  if (constant && recurrent) refuse("what is fed back changes over time, so a recurrent layer takes no constant input");
  if (G > 1 && !recurrent) refuse("a cell with gates is recurrent");
  B = constant ? x[0] : x[0] / T, N = x[1] / G;
}

namespace detail {
namespace {

Type matrix(int64_t rows, int64_t columns) { return {DType::f32, {rows, columns}}; }

void expect(const Type& t, const Type& wanted, std::string_view what) {
  if (!(t == wanted)) refuse(fmt::format("{} should be {} {}, got {} {}", what, name_of(wanted.dtype), wanted.shape.str(), name_of(t.dtype), t.shape.str()));
}

}  // namespace

Firing firing_of(const Attrs& attrs, float dt) {
  Firing f;
  std::string reset = attrs.text("reset_by", "soft");
  bool next = attrs.text("reset_at", "now") == "next", soft = reset == "soft", hard = reset == "hard";
  f.soft_now = soft && !next, f.hard_now = hard && !next, f.soft_next = soft && next, f.hard_next = hard && next;
  f.equal = attrs.text("compare", "gt") == "ge";
  f.attached = !attrs.flag("detach_reset", true);
  f.refractory = int(std::llround(attrs.real("refractory", 0) / double(dt)));
  return f;
}

Types infer_scan(const CellCode& code, const Types& in, const Attrs& attrs) {
  if (in.empty() || in[0].dtype != DType::f32) refuse("a scan takes f32 [T B, N]");
  ScanShape s(code.shape, in[0].shape, attrs);
  expect_inputs(in, s.recurrent ? 3 : 1, s.recurrent ? "a recurrent scan" : "a scan");
  if (s.recurrent) expect(in[1], matrix(s.G * s.N, s.N), "the recurrent weight"), expect(in[2], {DType::f32, {s.G * s.N}}, "the recurrent bias");
  Types out{matrix(s.rows(), s.N)};
  if (s.trace) out.insert(out.end(), size_t(s.S), out[0]);
  if (s.trace && s.recurrent) out.push_back(matrix(s.rows(), s.G * s.N));
  return out;
}

Types infer_scan_grad(const CellCode& code, const Types& in, const Attrs& attrs) {
  ScanShape s = back_shape(code.shape, attrs);
  BackInputs at(code.shape, s, attrs.integer("given"));
  expect_inputs(in, size_t(at.all), "a scan's gradient");
  Type x{DType::f32, shape_of(attrs.ints("x_shape"))}, y = matrix(s.rows(), s.N);
  if (at.x >= 0) expect(in[size_t(at.x)], x, "x");
  for (int i = at.y; i <= at.y + s.S; ++i) expect(in[size_t(i)], y, "y or a state");
  if (s.recurrent) expect(in[size_t(at.v)], matrix(s.G * s.N, s.N), "the recurrent weight"), expect(in[size_t(at.a)], matrix(s.rows(), s.G * s.N), "what the gates were given");
  for (int i = s.recurrent ? at.a + 1 : at.y + s.S + 1; i < at.all; ++i) expect(in[size_t(i)], i == at.da ? matrix(s.rows(), s.G * s.N) : y, "a gradient");
  return code.shape.apart ? Types{x, matrix(s.rows(), s.G * s.N)} : Types{x};
}

// d loss / d x by the gradient op; that of V is one product over all steps, y of a step with what the gates got in the next.
Values scan_gradient(const CellCode& code, Graph& g, const Gradient& c) {
  ScanShape s(code.shape, c.in[0].shape(), c.attrs);
  std::string_view op = g.nodes()[size_t(g.info(c.out[0]).node)].op->name;
  Attrs attrs = c.attrs;
  Values out = c.out, dout = c.dout;
  if (!s.trace) {  // the same again, with what the way back needs
    attrs.set("trace", true);
    out = g.ops(op, c.in, attrs), dout.resize(out.size()), s.trace = true;
  }
  int64_t given = dout[0] ? 1 : 0;
  Values in;
  if (!s.recurrent || code.shape.apart) in.push_back(c.in[0]);
  for (int j = 0; j <= s.S; ++j) in.push_back(out[size_t(j)]);
  if (s.recurrent) in.push_back(c.in[1]), in.push_back(out[size_t(s.S + 1)]);
  if (dout[0]) in.push_back(dout[0]);
  for (int j = 0; j < code.shape.states; ++j)
    if (dout[size_t(1 + j)]) given |= int64_t{2} << j, in.push_back(dout[size_t(1 + j)]);
  if (s.recurrent && dout[size_t(s.S + 1)]) given |= int64_t{2} << code.shape.states, in.push_back(dout[size_t(s.S + 1)]);
  attrs.set("given", given), attrs.set("x_shape", ints_of(c.in[0].shape()));
  Values d = g.ops(fmt::format("{}_grad", op), in, attrs);
  if (!s.recurrent) return {d[0]};
  Value dh = d.back(), dv;
  if (s.T > 1) {
    int64_t rows = (s.T - 1) * s.B;
    Value later = g.op("rows", {dh}, {{"first", s.B}, {"count", rows}}), before = g.op("rows", {out[0]}, {{"first", int64_t{0}}, {"count", rows}});
    dv = g.op("matmul", {later, before}, {{"transpose_a", true}});
  }
  return {d[0], dv, g.op("sum", {dh}, {{"axes", std::vector<int64_t>{0}}})};
}

// ---- the oracle: unit by unit, in double ----

template <class R>
void scan_reference(const CellCode& code, const Reference<R>& c) {
  ScanShape s(code.shape, c.in[0].shape, c.attrs);
  auto cell = code.make(c.attrs);
  int64_t BN = s.B * s.N, GN = s.G * s.N;
  std::vector<double> state(size_t(s.S) * size_t(BN), 0), y(size_t(BN), 0), before;
  for (int j = 0; j < code.shape.states; ++j) std::fill_n(state.begin() + j * BN, BN, double(code.start(j, cell.get())));
  for (int64_t t = 0; t < s.T; ++t) {
    before = y;
    for (int64_t b = 0; b < s.B; ++b)
      for (int64_t n = 0; n < s.N; ++n) {
        double x[kMostGates], h[kMostGates] = {}, own[kMostStates] = {};
        for (int k = 0; k < s.G; ++k) {
          x[k] = double(c.input(0)[t * s.x_step() + b * GN + k * s.N + n]);
          if (!s.recurrent) continue;
          h[k] = double(c.input(2)[k * s.N + n]);
          for (int64_t m = 0; m < s.N && t > 0; ++m) h[k] += double(c.input(1)[(k * s.N + n) * s.N + m]) * before[size_t(b * s.N + m)];
          if (!s.apart) x[k] += h[k];
          if (s.trace) c.output(s.S + 1)[(t * s.B + b) * GN + k * s.N + n] = R(s.apart ? h[k] : x[k]);
        }
        for (int j = 0; j < s.S; ++j) own[j] = state[size_t(j * BN + b * s.N + n)];
        double z = code.forward_one(x, h, own, cell.get());
        y[size_t(b * s.N + n)] = z;
        c.output(0)[(t * s.B + b) * s.N + n] = R(z);
        for (int j = 0; j < s.S; ++j) {
          state[size_t(j * BN + b * s.N + n)] = own[j];
          if (s.trace) c.output(1 + j)[(t * s.B + b) * s.N + n] = R(own[j]);
        }
      }
  }
}
template void scan_reference(const CellCode&, const Reference<float>&);
template void scan_reference(const CellCode&, const Reference<double>&);

template <class R>
void scan_grad_reference(const CellCode& code, const Reference<R>& c) {
  ScanShape s = back_shape(code.shape, c.attrs);
  BackInputs at(code.shape, s, c.attrs.integer("given"));
  auto cell = code.make(c.attrs);
  int64_t BN = s.B * s.N, GN = s.G * s.N;
  std::vector<double> adjoint(size_t(code.shape.states + 1) * size_t(BN), 0), later(size_t(s.B * GN), 0), now(size_t(s.B * GN), 0);
  std::fill_n(c.output(0), c.out[0].shape.numel(), R(0));
  for (int64_t t = s.T - 1; t >= 0; --t, later = now)
    for (int64_t b = 0; b < s.B; ++b)
      for (int64_t n = 0; n < s.N; ++n) {
        double x[kMostGates] = {}, h[kMostGates] = {}, own[kMostStates] = {}, lambda[kMostStates] = {}, dx[kMostGates], dh[kMostGates];
        int64_t e = b * s.N + n, row = t * BN + e;
        for (int k = 0; k < s.G; ++k) {
          int64_t i = b * GN + k * s.N + n;
          if (at.x >= 0) x[k] = double(c.input(at.x)[t * s.x_step() + i]);
          if (s.recurrent) (s.apart ? h : x)[k] = double(c.input(at.a)[t * s.B * GN + i]);
        }
        for (int j = 0; j < s.S; ++j) own[j] = t > 0 ? double(c.input(at.trace + j)[row - BN]) : j < code.shape.states ? double(code.start(j, cell.get())) : 0.0;
        for (int j = 0; j < code.shape.states; ++j) lambda[j] = adjoint[size_t(j * BN + e)] + (at.dtrace[size_t(j)] >= 0 ? double(c.input(at.dtrace[size_t(j)])[row]) : 0.0);
        double dy = at.dy >= 0 ? double(c.input(at.dy)[row]) : 0.0;
        if (s.recurrent && t + 1 < s.T) for (int64_t m = 0; m < GN; ++m) dy += later[size_t(b * GN + m)] * double(c.input(at.v)[m * s.N + n]);
        code.backward_one(x, h, own, lambda, dy, dx, dh, cell.get());
        for (int j = 0; j < code.shape.states; ++j) adjoint[size_t(j * BN + e)] = lambda[j];
        for (int k = 0; k < s.G; ++k) {
          int64_t i = b * GN + k * s.N + n;
          if (at.da >= 0) (s.apart ? dh : dx)[k] += double(c.input(at.da)[t * s.B * GN + i]);
          now[size_t(i)] = s.apart ? dh[k] : dx[k];
          c.output(0)[t * s.x_step() + i] += R(dx[k]);
          if (s.apart) c.output(1)[t * s.B * GN + i] = R(dh[k]);
        }
      }
}
template void scan_grad_reference(const CellCode&, const Reference<float>&);
template void scan_grad_reference(const CellCode&, const Reference<double>&);

// ---- samples ----

std::vector<Sample> scan_samples(const CellCode& code, const Attrs& defaults, double low, double high, bool grad) {
  std::vector<Sample> v;
  auto add = [&](int64_t T, int64_t B, int64_t N, std::initializer_list<std::pair<std::string_view, Attr>> more) {
    Attrs attrs = defaults;
    attrs.set("steps", T), attrs.set("trace", true);
    for (const auto& [k, a] : more) attrs.set(k, a);
    int64_t rows = attrs.flag("same_input") ? B : T * B, GN = code.shape.gates * N;
    if (code.shape.gates > 1) attrs.set("recurrent", true);
    Types in{matrix(rows, GN)};
    ScanShape s(code.shape, in[0].shape, attrs);
    if (!grad) {
      if (s.recurrent) in.push_back(matrix(GN, N)), in.push_back({DType::f32, {GN}});
      v.push_back({in, attrs, low, high, 0, 0, s.smooth || !code.shape.fires});
      return;
    }
    int64_t given = T % 2 ? (int64_t{s.recurrent ? 4 : 2} << code.shape.states) - 1 : 1;
    attrs.set("x_shape", ints_of(in[0].shape)), attrs.set("given", given);
    if (s.recurrent && !s.apart) in.clear();
    in.insert(in.end(), size_t(s.S + 1), matrix(s.rows(), N));
    if (s.recurrent) in.push_back(matrix(GN, N)), in.push_back(matrix(s.rows(), GN));
    for (int k = 0; k < 2 + code.shape.states; ++k) if (given >> k & 1) in.push_back(matrix(s.rows(), k == 1 + code.shape.states ? GN : N));
    v.push_back({in, attrs, low, high});
  };
  Attr smooth = code.shape.fires;
  if (code.shape.gates == 1) {
    add(4, 2, 3, {{"smooth", smooth}, {"detach_reset", false}});
    add(5, 2, 4, {{"smooth", smooth}, {"detach_reset", false}, {"same_input", true}});
    add(6, 3, 700, {});
    add(5, 33, 40, {{"trace", grad}, {"same_input", true}});
  }
  add(3, 2, 3, {{"smooth", smooth}, {"detach_reset", false}, {"recurrent", true}});
  add(4, 40, 33, {{"recurrent", true}});
  add(1, 3, 5, {{"recurrent", true}, {"trace", grad}});
  if (!code.shape.fires) return v;
  add(4, 2, 3, {{"smooth", true}, {"detach_reset", false}, {"reset_by", std::string("hard")}});
  add(7, 3, 50, {{"reset_at", std::string("next")}, {"reset_by", std::string("hard")}, {"compare", std::string("ge")}});
  add(7, 3, 50, {{"reset_at", std::string("next")}});
  add(7, 3, 50, {{"refractory", 2.0}});
  add(7, 3, 20, {{"refractory", 2.0}, {"recurrent", true}});
  return v;
}

}  // namespace detail
}  // namespace synfire

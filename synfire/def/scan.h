// Scans: all time steps of a layer that keeps state, in one kernel: op "NAME_scan" and its gradient, back-propagation through time.
//
// Inputs    x [T B, G N], or [B, G N] with `same_input`: what drives the units, G numbers each; with `recurrent` V [G N, N] and c [G N], through
//           which a unit gets y of the step before: h = V y + c
// Outputs   y [T B, N]; with `trace` each state after each step, [T B, N]; with both, what the gates were given, [T B, G N]
// Time is outermost, units are neighbours. Attributes: steps, same_input, recurrent, trace, surrogate and what Firing says; the cell's own.
//
// A cell is a struct with `state`, P, fields, and step (see neuron.h); one with several gates takes
//     step(R (&s)[S], const R (&x)[G], const P&, T&)                    x + h of each gate
//     step(R (&s)[S], const R (&x)[G], const R (&h)[G], const P&, T&)   `static constexpr bool apart = true`
#pragma once
#include <array>
#include <memory>
#include <optional>

#include "synfire/def/elementwise.h"
#include "synfire/def/surrogate.h"
#include "synfire/def/tick.h"

namespace synfire {

template <class C> constexpr int states() {
  if constexpr (requires { C::state; }) return int(std::size(C::state));
  else return 0;
}
template <class C> constexpr int gates() {
  if constexpr (requires { C::gates; }) return C::gates;
  else return 1;
}
template <class C> constexpr bool fires() {
  if constexpr (requires { C::fires; }) return C::fires;
  else return true;
}
template <class C> constexpr bool clamped() {  // `static constexpr bool held = false`: its membrane runs on after a spike, it only does not fire
  if constexpr (requires { C::held; }) return C::held;
  else return true;
}
template <class C> constexpr bool apart() {
  if constexpr (requires { C::apart; }) return C::apart;
  else return false;
}

const Choice& usual_surrogate();  // of who names none

struct CellShape { int states = 1, gates = 1; bool fires = true, apart = false, clamped = true; };

// Of one scan: what its shapes and attributes say.
struct ScanShape {
  int64_t T = 1, B = 1, N = 1;
  int G = 1, S = 0;                // S: states, with the counter of refractory steps, if any
  bool constant = false, recurrent = false, trace = false, smooth = false, apart = false;
  Firing firing;
  float dt = 1;
  ScanShape(const CellShape& c, const Shape& x, const Attrs& attrs);
  int64_t rows() const { return T * B; }
  int64_t x_step() const { return constant ? 0 : B * G * N; }  // floats between steps of x
};

// One step of n units: pointers to neighbours. x: what the gates are given, x + h of a recurrent layer; h only of cells that want it apart.
// The counter of refractory steps is the kernel's affair: a neuron's vector loop has no variant for it, which would double the library.
inline constexpr int kMostStates = 8, kMostGates = 4, kStrip = 512;
struct Strip {
  int n = 0;
  const float *x[kMostGates] = {}, *h[kMostGates] = {};
  const float* s_in[kMostStates] = {};   // the cell's states, then the counter
  float* s_out[kMostStates] = {};
  float* y = nullptr;
};
struct StripBack {
  int n = 0;
  const float *x[kMostGates] = {}, *h[kMostGates] = {};
  const float* s_in[kMostStates] = {};
  float* adjoint[kMostStates] = {};      // dL / d state: after the step, then before it
  const float* dy = nullptr;
  float *dx[kMostGates] = {}, *dh[kMostGates] = {};
  bool accumulate = false;               // dx is added to
};
// A cell bound to its parameters: what the kernels call.
struct CellCode {
  CellShape shape;
  void (*forward)(const Strip&, const void* cell) = nullptr;
  void (*backward)(const StripBack&, const void* cell) = nullptr;
  double (*forward_one)(const double* x, const double* h, double* s, const void* cell) = nullptr;  // one unit: the oracle. Gives y
  void (*backward_one)(const double* x, const double* h, const double* s, double* adjoint, double dy, double* dx, double* dh, const void* cell) = nullptr;
  std::shared_ptr<const void> (*make)(const Attrs&) = nullptr;
  float (*start)(int state, const void* cell) = nullptr;
  float (*reset)(const void* cell) = nullptr;  // where the membrane is held
};

template <class C>
struct Cell {
  typename ParamsOf<C>::type p;
  Firing firing;
  float dt;
  bool smooth;
  std::optional<Slope> slope;
};

namespace detail {

template <class C, class R, class T>
SYNFIRE_INLINE R call_step(R* s, const R* x, const R* h, const typename ParamsOf<C>::type& p, T& t) {
  constexpr int S = states<C>() ? states<C>() : 1, G = gates<C>();
  R(&state)[S] = *reinterpret_cast<R(*)[S]>(s);
  if constexpr (apart<C>()) return C::step(state, *reinterpret_cast<const R(*)[G]>(x), *reinterpret_cast<const R(*)[G]>(h), p, t);
  else if constexpr (G > 1) return C::step(state, *reinterpret_cast<const R(*)[G]>(x), p, t);
  else return C::step(state, x[0], p, t);
}

template <class C> float start_of(int state, const typename ParamsOf<C>::type& p) {
  if constexpr (requires { C::start(state, p); }) return C::start(state, p);
  else return 0;
}

template <class C> float reset_of(const typename ParamsOf<C>::type& p) {
  if constexpr (requires { C::reset_of(p); }) return C::reset_of(p);
  else if constexpr (requires { p.reset; }) return p.reset;
  else return 0;
}

// Held units do not fire, and their membrane is at the reset (unless nothing resets it); `wait` counts the steps that are left.
template <class C, bool Hold, class R, class F>
SYNFIRE_INLINE R advance(R* s, const R* x, const R* h, R& wait, const Cell<C>& c, F&& fires_) {
  Tick<R, std::remove_reference_t<F>> t{c.firing, c.dt, fires_};
  R z = call_step<C>(s, x, h, c.p, t);
  if constexpr (Hold) {
    bool held = plain(wait) > 0;
    z = select(held, R(0.f), z);
    if constexpr (clamped<C>()) s[0] = select(held, R(reset_of<C>(c.p)), s[0]);
    wait = held ? wait - 1.f : plain(z) > 0 ? R(float(c.firing.refractory)) : R(0.f);
  }
  return z;
}

// State and input of unit i. Arrays come by value: what is captured by reference keeps a loop from becoming vector code.
template <class C, size_t S, size_t G>
SYNFIRE_INLINE void load_unit(int i, std::array<const float*, S> from, std::array<const float*, G> x, std::array<const float*, G> h, float* s, float* in, float* back) {
  for (size_t j = 0; j + 1 < S; ++j) s[j] = from[j][i];
  for (size_t g = 0; g < G; ++g) in[g] = x[g][i], back[g] = apart<C>() ? h[g][i] : 0;
}

// flatten: a call that is not inlined costs fifty times the rest.
template <class C>
__attribute__((flatten)) void forward_strip(const Strip& a, const Cell<C>& cell) {
  constexpr int S = states<C>(), G = gates<C>();
  const Cell<C> c{cell.p, cell.firing, cell.dt, false, {}};
  std::array<const float*, G> x, h;
  std::array<const float*, S + 1> from;
  std::array<float*, S + 1> to;
  for (int g = 0; g < G; ++g) x[g] = a.x[g], h[g] = a.h[g];
  for (int j = 0; j < S; ++j) from[j] = a.s_in[j], to[j] = a.s_out[j];
  float* y = a.y;
  const int n = a.n;
#pragma GCC ivdep
  for (int i = 0; i < n; ++i) {
    float s[S + 1], in[G], back[G], wait = 0;
    load_unit<C>(i, from, x, h, s, in, back);
    y[i] = advance<C, false>(s, in, back, wait, c, Fires{c.firing.equal});
    for (int j = 0; j < S; ++j) to[j][i] = s[j];
  }
}

// The derivative of <adjoint, states after> + dy y along state or input K: one run of the step with dual numbers.
template <class C, int K>
SYNFIRE_INLINE float along(const float* s, const float* x, const float* h, const float* adjoint, float dy, float slope, const Cell<C>& c) {
  constexpr int S = states<C>(), G = gates<C>();
  using D = Dual<float>;
  D state[S + 1], in[G], back[G], left{0.f, 0.f};
  for (int j = 0; j < S; ++j) state[j] = {s[j], j == K ? 1.f : 0.f};
  for (int g = 0; g < G; ++g) in[g] = {x[g], S + g == K ? 1.f : 0.f}, back[g] = {h[g], S + G + g == K ? 1.f : 0.f};
  D z = advance<C, false>(state, in, back, left, c, Sloped{c.firing.equal, slope});
  float sum = dy * z.d;
  for (int j = 0; j < S; ++j) sum = madd(adjoint[j], state[j].d, sum);
  return sum;
}

template <class C, int... K>
__attribute__((flatten)) void backward_strip(const StripBack& a, const Cell<C>& cell, std::integer_sequence<int, K...>) {
  constexpr int S = states<C>(), G = gates<C>();
  const Cell<C> c{cell.p, cell.firing, cell.dt, false, {}};
  std::array<const float*, G> x, h;
  std::array<const float*, S + 1> from;
  std::array<float*, S + 1> adjoint;
  std::array<float*, G> dx, dh;
  for (int g = 0; g < G; ++g) x[g] = a.x[g], h[g] = a.h[g], dx[g] = a.dx[g], dh[g] = a.dh[g];
  for (int j = 0; j < S; ++j) from[j] = a.s_in[j], adjoint[j] = a.adjoint[j];
  const float* dy = a.dy;
  const int n = a.n;
  float slope[kStrip], sum[G][kStrip];
  if (a.accumulate) for (int g = 0; g < G; ++g) dx[g] = sum[g];
  if constexpr (fires<C>()) {
#pragma GCC ivdep
    for (int i = 0; i < n; ++i) {
      float s[S + 1], in[G], back[G], wait = 0;
      Remembers at{c.firing.equal};
      load_unit<C>(i, from, x, h, s, in, back);
      advance<C, false>(s, in, back, wait, c, at);
      slope[i] = at.x;
    }
    cell.slope->slopes(slope, slope, n);
  }
#pragma GCC ivdep
  for (int i = 0; i < n; ++i) {
    float s[S + 1], in[G], back[G], after[S + 1];
    load_unit<C>(i, from, x, h, s, in, back);
    for (int j = 0; j < S; ++j) after[j] = adjoint[j][i];
    float sl = fires<C>() ? slope[i] : 0.f;
    float d[] = {along<C, K>(s, in, back, after, dy[i], sl, c)...};
    for (int j = 0; j < S; ++j) adjoint[j][i] = d[j];
    for (int g = 0; g < G; ++g) {
      dx[g][i] = d[S + g];
      if constexpr (apart<C>()) dh[g][i] = d[S + G + g];
    }
  }
  if (a.accumulate)
    for (int g = 0; g < G; ++g)
      for (int i = 0; i < n; ++i) a.dx[g][i] += sum[g][i];
}

// cold: what is no vector loop is built small.
// What a spike is in the oracle: a step, or the surrogate's integral, with the surrogate's slope.
template <class C>
struct OracleFires {
  const Cell<C>& c;
  double operator()(double x) const { return c.smooth ? c.slope->integral(x) : above(x, c.firing.equal); }
  Dual<double> operator()(Dual<double> x) const { return {(*this)(x.v), x.d * c.slope->slope(x.v)}; }
};

template <class C>
__attribute__((cold, noinline)) double forward_one(const double* x, const double* h, double* s, const Cell<C>& c) {
  double wait = s[states<C>()];
  double y = c.firing.refractory ? advance<C, true>(s, x, h, wait, c, OracleFires<C>{c}) : advance<C, false>(s, x, h, wait, c, OracleFires<C>{c});
  if (c.firing.refractory) s[states<C>()] = wait;
  return y;
}

template <class C>
__attribute__((cold, noinline)) void backward_one(const double* x, const double* h, const double* s, double* adjoint, double dy, double* dx, double* dh, const Cell<C>& c) {
  constexpr int S = states<C>(), G = gates<C>();
  using D = Dual<double>;
  double before[S + 1] = {};
  for (int k = 0; k < S + G + (apart<C>() ? G : 0); ++k) {
    D state[S + 1], in[G], back[G], wait{s[S], 0.0};
    for (int j = 0; j < S; ++j) state[j] = {s[j], j == k ? 1.0 : 0.0};
    for (int g = 0; g < G; ++g) in[g] = {x[g], S + g == k ? 1.0 : 0.0}, back[g] = {h[g], S + G + g == k ? 1.0 : 0.0};
    D z = c.firing.refractory ? advance<C, true>(state, in, back, wait, c, OracleFires<C>{c}) : advance<C, false>(state, in, back, wait, c, OracleFires<C>{c});
    double sum = dy * z.d;
    for (int j = 0; j < S; ++j) sum += adjoint[j] * state[j].d;
    (k < S ? before[k] : k < S + G ? dx[k - S] : dh[k - S - G]) = sum;
  }
  for (int j = 0; j < S; ++j) adjoint[j] = before[j];
}

Firing firing_of(const Attrs& attrs, float dt);
inline float dt_of(const Attrs& attrs) { return float(attrs.real("dt", 1)); }  // ms

template <class C>
__attribute__((cold)) CellCode code_of() {
  constexpr int S = states<C>(), G = gates<C>();
  using K = std::make_integer_sequence<int, S + G + (apart<C>() ? G : 0)>;
  CellCode code;
  code.shape = {S, G, fires<C>(), apart<C>(), clamped<C>()};
  code.make = [](const Attrs& attrs) -> std::shared_ptr<const void> {
    auto c = std::make_shared<Cell<C>>(Cell<C>{params_of<C>(attrs), firing_of(attrs, dt_of(attrs)), dt_of(attrs), attrs.flag("smooth"), {}});
    if constexpr (fires<C>()) c->slope.emplace(attrs.choice("surrogate") ? *attrs.choice("surrogate") : usual_surrogate());
    return c;
  };
  code.start = [](int j, const void* c) { return start_of<C>(j, static_cast<const Cell<C>*>(c)->p); };
  code.reset = [](const void* c) { return reset_of<C>(static_cast<const Cell<C>*>(c)->p); };
  code.forward = [](const Strip& a, const void* c) { forward_strip<C>(a, *static_cast<const Cell<C>*>(c)); };
  code.backward = [](const StripBack& a, const void* c) { backward_strip<C>(a, *static_cast<const Cell<C>*>(c), K{}); };
  code.forward_one = [](const double* x, const double* h, double* s, const void* c) { return forward_one<C>(x, h, s, *static_cast<const Cell<C>*>(c)); };
  code.backward_one = [](const double* x, const double* h, const double* s, double* adjoint, double dy, double* dx, double* dh, const void* c) {
    backward_one<C>(x, h, s, adjoint, dy, dx, dh, *static_cast<const Cell<C>*>(c));
  };
  return code;
}

// What the two ops of any cell are made of (scan.cpp, scan_kernel.cpp).
Types infer_scan(const CellCode&, const Types& in, const Attrs&);
Types infer_scan_grad(const CellCode&, const Types& in, const Attrs&);
Kernel bind_scan(const CellCode&, const Binding&);
Kernel bind_scan_grad(const CellCode&, const Binding&);
Workspace scan_workspace(const CellCode&, const Types& in, const Attrs&);
Workspace scan_grad_workspace(const CellCode&, const Types& in, const Attrs&);
template <class R> void scan_reference(const CellCode&, const Reference<R>&);
template <class R> void scan_grad_reference(const CellCode&, const Reference<R>&);
Values scan_gradient(const CellCode&, Graph&, const Gradient&);
std::vector<Sample> scan_samples(const CellCode&, const Attrs& defaults, double low, double high, bool grad);

}  // namespace detail

// Registers "op" and "op_grad".
template <class C>
__attribute__((cold)) void add_scan(std::string_view op, std::string_view doc, std::string_view file) {
  Attrs defaults;
  for (const ParamInfo& p : infos_of<C>()) defaults.set(p.name, p.fallback);
  double low = -0.5, high = 1.5;
  if constexpr (requires { C::low; }) low = C::low, high = C::high;
  OpDef d;
  d.role = "op", d.name = op, d.doc = doc, d.file = file;
  d.infer = [](const Types& in, const Attrs& a) { return detail::infer_scan(detail::code_of<C>(), in, a); };
  d.reference_f32 = [](const Reference<float>& c) { detail::scan_reference(detail::code_of<C>(), c); };
  d.reference_f64 = [](const Reference<double>& c) { detail::scan_reference(detail::code_of<C>(), c); };
  d.bind = [](const Binding& b) { return detail::bind_scan(detail::code_of<C>(), b); };
  d.workspace = [](const Types& in, const Attrs& a) { return detail::scan_workspace(detail::code_of<C>(), in, a); };
  d.grad = [](Graph& g, const Gradient& c) { return detail::scan_gradient(detail::code_of<C>(), g, c); };
  d.flags.panel_inputs = 2;
  d.samples = detail::scan_samples(detail::code_of<C>(), defaults, low, high, false);
  if constexpr (requires { C::back_low; }) low = C::back_low, high = C::back_high;  // where states have other ranges than the input
  if constexpr (requires { C::tolerance; }) d.tolerance = C::tolerance;
  OpDef g = d;
  g.name = kept(fmt::format("{}_grad", op)), g.doc = kept(fmt::format("Back-propagation through time of {}. Stops the gradient.", op));
  g.infer = [](const Types& in, const Attrs& a) { return detail::infer_scan_grad(detail::code_of<C>(), in, a); };
  g.reference_f32 = [](const Reference<float>& c) { detail::scan_grad_reference(detail::code_of<C>(), c); };
  g.reference_f64 = [](const Reference<double>& c) { detail::scan_grad_reference(detail::code_of<C>(), c); };
  g.bind = [](const Binding& b) { return detail::bind_scan_grad(detail::code_of<C>(), b); };
  g.workspace = [](const Types& in, const Attrs& a) { return detail::scan_grad_workspace(detail::code_of<C>(), in, a); };
  g.grad = nullptr, g.flags.panel_inputs = 0;  // V comes after what only some scans have
  g.samples = detail::scan_samples(detail::code_of<C>(), defaults, low, high, true);
  Registry<OpDef>::add(d), Registry<OpDef>::add(g);
}

#define SYNFIRE_CELL(C, name, doc) static const bool registered_cell_##C = (::synfire::add_scan<C>(name, doc, __FILE__), true)

}  // namespace synfire

// Optimizers: one scalar step, inlined into a vector loop over a parameter, its gradient and its slots.
//
//   struct Adam {
//     struct P { float lr = 1e-3f, …; };  static constexpr Field<P> fields[] = {…};
//     static constexpr std::string_view slots[] = {"mean", "square"};        // absent: no slots
//     template <class R> static R step(R theta, R g, R (&s)[2], const P& p, const StepCount& k);
//   };
//   SYNFIRE_OPTIMIZER(Adam, "adam", "…");
//
// What costs more than a few operations and is the same for all elements of a step is computed once, in `now`, whose result step gets
// in place of StepCount:
//     struct Now { float rate, root; };
//     static Now now(const P& p, const StepCount& k);
// p.lr is the scheduled rate of this step. Becomes op "adam_update"(theta, g, slots…, lr, step) -> (theta, slots…).
#pragma once
#include "synfire/def/elementwise.h"

namespace synfire {

struct StepCount {
  double step = 1;  // counted from 1
  double warm(double b) const { return 1 - std::pow(b, step); }  // 1 - b^step: how far a running mean has warmed up
  bool first() const { return step == 1; }
};

struct OptimizerDef : Entry {
  std::vector<std::string_view> slots;  // states of the shape of the parameter, zero at first
  std::string_view op;                  // name of the update op
};
SYNFIRE_REGISTRY_DECLARE(OptimizerDef)

namespace detail {
Types infer_update(const Types& in, size_t slots);
std::vector<Sample> samples_update(size_t slots, const Attrs& defaults);

template <class T> constexpr int slot_count() {
  if constexpr (requires { T::slots; }) return static_cast<int>(std::size(T::slots));
  else return 0;
}

// What T::now gives, or the count itself. A step's blocks all ask for the same, so each thread keeps the last answer.
template <class T, class P>
auto now_of(const P& p, const StepCount& k) {
  if constexpr (requires { T::now(p, k); }) {
    static_assert(std::is_trivially_copyable_v<P>);
    struct Last { P p; double step = 0; decltype(T::now(p, k)) now; };
    static thread_local Last last{};
    if (last.step != k.step || std::memcmp(&last.p, &p, sizeof p) != 0) last = {p, k.step, T::now(p, k)};
    return last.now;
  } else {
    return k;
  }
}

template <class T, class R, class P, class K>
inline __attribute__((always_inline)) R one_step(R theta, R g, R* s, const P& p, const K& k) {
  if constexpr (slot_count<T>() == 0) return T::step(theta, g, p, k);
  else return T::step(theta, g, *reinterpret_cast<R(*)[slot_count<T>()]>(s), p, k);
}

template <class T>
void update_block(const float* const* in, float* const* out, int n, const void* params) {
  constexpr int S = slot_count<T>();
  typename T::P p = *static_cast<const typename T::P*>(params);
  p.lr = *in[2 + S];
  const auto k = now_of<T>(p, StepCount{*in[3 + S]});
  const float *theta = in[0], *g = in[1];
  const float* slot_in[S + 1] = {};
  float* slot_out[S + 1] = {};
  for (int j = 0; j < S; ++j) slot_in[j] = in[2 + j], slot_out[j] = out[1 + j];
  float* result = out[0];
#pragma GCC ivdep
  for (int i = 0; i < n; ++i) {
    float s[S + 1];
    for (int j = 0; j < S; ++j) s[j] = slot_in[j][i];
    result[i] = one_step<T>(theta[i], g[i], s, p, k);
    for (int j = 0; j < S; ++j) slot_out[j][i] = s[j];
  }
}

template <class T, class R>
void update_reference(const Reference<R>& c) {
  constexpr int S = slot_count<T>();
  typename T::P p = params_of<T>(c.attrs);
  p.lr = static_cast<float>(*c.input(2 + S));
  const auto k = now_of<T>(p, StepCount{static_cast<double>(*c.input(3 + S))});
  for (int64_t i = 0, n = c.out[0].shape.numel(); i < n; ++i) {
    R s[S + 1];
    for (int j = 0; j < S; ++j) s[j] = c.input(2 + j)[i];
    c.output(0)[i] = one_step<T>(c.input(0)[i], c.input(1)[i], s, p, k);
    for (int j = 0; j < S; ++j) c.output(1 + j)[i] = s[j];
  }
}
}  // namespace detail

template <class T>
bool add_optimizer(std::string_view name, std::string_view doc, std::string_view file) {
  constexpr int S = detail::slot_count<T>();
  OpDef u;
  u.role = "op", u.name = kept(fmt::format("{}_update", name)), u.file = file;
  u.doc = kept(fmt::format("One step of {} on a parameter. Stops the gradient.", name));
  u.infer = [](const Types& in, const Attrs&) { return detail::infer_update(in, S); };
  u.reference_f32 = detail::update_reference<T, float>;
  u.reference_f64 = detail::update_reference<T, double>;
  u.block = detail::update_block<T>;
  u.pack_params = [](const Attrs& attrs) {
    typename T::P p = params_of<T>(attrs);
    std::vector<std::byte> bytes(sizeof p);
    std::memcpy(bytes.data(), &p, sizeof p);
    return bytes;
  };
  u.scalar_inputs = 3u << (2 + S);
  Attrs defaults;
  for (const ParamInfo& p : infos_of<T>()) defaults.set(p.name, p.fallback);
  u.samples = detail::samples_update(S, defaults);
  Registry<OpDef>::add(u);
  OptimizerDef d;
  d.role = "optimizer", d.name = name, d.doc = doc, d.file = file, d.params = infos_of<T>(), d.op = u.name;
  if constexpr (S > 0) d.slots.assign(std::begin(T::slots), std::end(T::slots));
  return Registry<OptimizerDef>::add(d);
}

#define SYNFIRE_OPTIMIZER(T, name, doc) static const bool registered_optimizer_##T = ::synfire::add_optimizer<T>(name, doc, __FILE__)

}  // namespace synfire

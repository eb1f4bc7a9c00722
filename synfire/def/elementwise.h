// Elementwise ops from one templated scalar function:
//
//   struct Huber { struct P { float delta = 1; }; static constexpr Field<P> fields[] = …;      // parameters are optional
//                  template <class R> static R f(R prediction, R target, const P& p) { … } };
//   SYNFIRE_ELEMENTWISE(Huber, 2, "huber", "…");
//
// R is float in the vector loop, double in the oracle, Dual in the derivatives. The op's derivatives become ops as well
// ("huber_d0": with respect to input 0), to second order; the third stops the gradient. Inputs broadcast as in NumPy.
#pragma once
#include <cstring>

#include "synfire/def/op_def.h"
#include "synfire/def/param.h"
#include "synfire/tensor/dual.h"
#include "synfire/tensor/vector_math.h"

namespace synfire {

// f with or without parameters; without, f(x) alone.
template <class T, class P, class... R>
inline __attribute__((always_inline)) auto call_f(const P& p, R... x) {
  if constexpr (requires { T::f(x..., p); }) return T::f(x..., p);
  else return T::f(x...);
}

// The partial derivative of T::f with respect to input I, as a function of the same kind.
template <class T, int I>
struct Derivative {
  using P = typename ParamsOf<T>::type;
  template <class... A>
  static inline __attribute__((always_inline)) auto f(A... args) { return split(std::forward_as_tuple(args...), std::make_index_sequence<sizeof...(A) - 1>{}); }
  template <class Tuple, size_t... K>
  static inline __attribute__((always_inline)) auto split(const Tuple& t, std::index_sequence<K...>) {
    using R = std::remove_cvref_t<std::tuple_element_t<0, Tuple>>;
    const P& p = std::get<sizeof...(K)>(t);
    return call_f<T>(p, Dual<R>{std::get<K>(t), R(int(K) == I ? 1.f : 0.f)}...).d;
  }
};

namespace detail {

template <class P> struct IsFunctionParams { static P from(const Attrs&) { return {}; } };

template <class T, class P, int N, size_t... K>
void block_of(const float* const* in, float* const* out, int n, const void* params, std::index_sequence<K...>) {
  P p{};
  if constexpr (!std::is_empty_v<P>) p = *static_cast<const P*>(params);
  const float* x[N] = {in[K]...};
  float* y = out[0];
#pragma GCC ivdep
  for (int i = 0; i < n; ++i) y[i] = call_f<T>(p, x[K][i]...);
}

// Walks a broadcast output in row-major order and gives the element index of each input.
struct BroadcastWalk {
  static constexpr int kMostInputs = 16;
  Shape out;
  Shape strides[kMostInputs];  // one list an input; no vectors, as reference kernels run inside steps, too
  BroadcastWalk(std::span<const View> in, const Shape& shape) : out(shape) {
    for (size_t k = 0; k < in.size(); ++k) {
      const Shape& s = in[k].shape;
      int lead = out.rank() - s.rank();
      for (int i = 0; i < out.rank(); ++i) strides[k].push_back(i < lead || s[i - lead] == 1 ? 0 : s.from(i - lead + 1));
    }
  }
  int64_t index(int input, int64_t element) const {
    int64_t r = 0;
    for (int i = out.rank() - 1; i >= 0; --i) r += element % out[i] * strides[input][i], element /= out[i];
    return r;
  }
};

template <class T, class P, class R, size_t... K>
void reference_of(const Reference<R>& c, const P& p, std::index_sequence<K...>) {
  BroadcastWalk walk(c.in, c.out[0].shape);
  R* y = c.output();
  for (int64_t i = 0, n = c.out[0].shape.numel(); i < n; ++i) y[i] = call_f<T>(p, c.input(K)[walk.index(K, i)]...);
}

Types infer_elementwise(const Types& in, size_t n);
Values grad_elementwise(Graph& g, const Gradient& c, std::string_view name);
std::vector<Sample> samples_elementwise(size_t n, double low, double high, const Attrs& defaults);

}  // namespace detail

// Owner is the struct whose parameter table is meant (a Derivative shares its function's).
template <class T, class Owner, int N>
OpDef elementwise_def(std::string_view name, std::string_view doc, std::string_view file) {
  using P = typename ParamsOf<Owner>::type;
  OpDef d;
  d.role = "op", d.name = name, d.doc = doc, d.file = file, d.params = infos_of<Owner>();
  d.infer = [](const Types& in, const Attrs&) { return detail::infer_elementwise(in, N); };
  d.reference_f32 = [](const Reference<float>& c) { detail::reference_of<T, P, float>(c, params_of<Owner>(c.attrs), std::make_index_sequence<N>{}); };
  d.reference_f64 = [](const Reference<double>& c) { detail::reference_of<T, P, double>(c, params_of<Owner>(c.attrs), std::make_index_sequence<N>{}); };
  d.block = [](const float* const* in, float* const* out, int n, const void* p) { detail::block_of<T, P, N>(in, out, n, p, std::make_index_sequence<N>{}); };
  d.pack_params = [](const Attrs& attrs) {
    P p = params_of<Owner>(attrs);
    std::vector<std::byte> bytes(sizeof p);
    std::memcpy(bytes.data(), &p, sizeof p);
    return bytes;
  };
  double low = -2, high = 2;
  if constexpr (requires { Owner::low; }) low = Owner::low, high = Owner::high;
  Attrs defaults;
  for (const ParamInfo& p : d.params) defaults.set(p.name, p.fallback);
  d.samples = detail::samples_elementwise(N, low, high, defaults);
  if constexpr (requires { Owner::tolerance; }) d.tolerance = Owner::tolerance;
  return d;
}

// Registers op `name` and its derivatives to second order; names live as long as the process.
std::string_view kept(std::string name);

template <class T, class Owner, int N, int Depth, int I = 0>
void add_derivatives(std::string_view name, std::string_view file) {
  if constexpr (I < N) {
    using D = Derivative<T, I>;
    OpDef d = elementwise_def<D, Owner, N>(kept(fmt::format("{}_d{}", name, I)), kept(fmt::format("Derivative of {} with respect to input {}.{}", name, I, Depth > 1 ? "" : " Stops the gradient.")), file);
    if constexpr (Depth > 1) {
      d.grad = [](Graph& g, const Gradient& c) { return detail::grad_elementwise(g, c, g.nodes()[g.info(c.out[0]).node].op->name); };
      Registry<OpDef>::add(d);
      add_derivatives<D, Owner, N, Depth - 1>(d.name, file);
    } else {
      Registry<OpDef>::add(d);
    }
    add_derivatives<T, Owner, N, Depth, I + 1>(name, file);
  }
}

template <class T, int N>
bool add_elementwise(std::string_view name, std::string_view doc, std::string_view file) {
  OpDef d = elementwise_def<T, T, N>(name, doc, file);
  if constexpr (requires { T::grad; }) {
    d.grad = T::grad;  // a rule of its own, in ops that exist already
  } else {
    d.grad = [](Graph& g, const Gradient& c) { return detail::grad_elementwise(g, c, g.nodes()[g.info(c.out[0]).node].op->name); };
    add_derivatives<T, T, N, 2>(name, file);
  }
  return Registry<OpDef>::add(d);
}

#define SYNFIRE_ELEMENTWISE(T, n, name, doc) static const bool registered_op_##T = ::synfire::add_elementwise<T, n>(name, doc, __FILE__)

}  // namespace synfire

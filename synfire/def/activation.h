// Activations: f(x) elementwise, from one templated scalar function.
//
//   struct Softplus {
//     template <class R> static R f(R x);                 // with struct P and fields: f(R x, const P& p)
//     template <class R> static R df(R x);                // optional: cheaper than the dual number's derivative
//     template <class R> static R df_from_output(R y);    // optional: the derivative told from y = f(x), so that x need not be kept
//   };
//   SYNFIRE_ACTIVATION(Softplus, "softplus", "Smooth relu; costs an exponential.");
//
// Op "softplus" and its derivatives register themselves; every activation is a layer kind, too.
#pragma once
#include "synfire/def/elementwise.h"

namespace synfire {

struct ActivationDef : Entry {
  Value (*apply)(Graph&, Value x, const Attrs&) = nullptr;
};
SYNFIRE_REGISTRY_DECLARE(ActivationDef)

// x through the activation; "linear" gives x itself.
Value apply_activation(Graph& g, const Choice& activation, Value x);

template <class T> struct FromOutput {  // df_from_output as a function of its own
  using P = typename ParamsOf<T>::type;
  template <class R> static inline __attribute__((always_inline)) auto f(R y, const P& p) {
    if constexpr (requires { T::df_from_output(y, p); }) return T::df_from_output(y, p);
    else return T::df_from_output(y);
  }
};
template <class T> struct OwnSlope {
  using P = typename ParamsOf<T>::type;
  template <class R> static inline __attribute__((always_inline)) auto f(R x, const P& p) {
    if constexpr (requires { T::df(x, p); }) return T::df(x, p);
    else return T::df(x);
  }
};

template <class T>
bool add_activation(std::string_view name, std::string_view doc, std::string_view file) {
  OpDef d = elementwise_def<T, T, 1>(name, doc, file);
  constexpr bool from_output = requires { T::template df_from_output<float>(0.f); } || requires(typename ParamsOf<T>::type p) { T::template df_from_output<float>(0.f, p); };
  constexpr bool own_slope = requires { T::template df<float>(0.f); } || requires(typename ParamsOf<T>::type p) { T::template df<float>(0.f, p); };
  using Slope = std::conditional_t<from_output, FromOutput<T>, std::conditional_t<own_slope, OwnSlope<T>, Derivative<T, 0>>>;
  d.grad = [](Graph& g, const Gradient& c) -> Values {
    std::string_view op = g.nodes()[g.info(c.out[0]).node].op->name;
    Value at = from_output ? c.out[0] : c.in[0];
    return {g.op("mul", {c.dout[0], g.op(fmt::format("{}_slope", op), {at}, c.attrs)})};
  };
  std::string_view slope_name = kept(fmt::format("{}_slope", name));
  OpDef slope = elementwise_def<Slope, T, 1>(slope_name, kept(fmt::format("Slope of {}, from its {}.", name, from_output ? "output" : "input")), file);
  slope.grad = [](Graph& g, const Gradient& c) { return detail::grad_elementwise(g, c, g.nodes()[g.info(c.out[0]).node].op->name); };
  Registry<OpDef>::add(slope);
  add_derivatives<Slope, T, 1, 1>(slope_name, file);
  Registry<OpDef>::add(d);
  ActivationDef a;
  a.role = "activation", a.name = name, a.doc = doc, a.file = file, a.params = infos_of<T>();
  static std::string_view op_name = name;
  a.apply = [](Graph& g, Value x, const Attrs& attrs) { return g.op(op_name, {x}, attrs); };
  return Registry<ActivationDef>::add(a);
}

#define SYNFIRE_ACTIVATION(T, name, doc) static const bool registered_activation_##T = ::synfire::add_activation<T>(name, doc, __FILE__)

}  // namespace synfire

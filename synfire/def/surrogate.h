// Surrogates: the slope that learning sees where a spike, a step of x = membrane - threshold, has none. Neftci et al. 2019.
//
//   struct Atan {
//     struct P { float alpha = 2; };  static constexpr Field<P> fields[] = {…};
//     template <class R> static R slope(R x, const P& p);      // d spike / d x, as the backward pass takes it
//     template <class R> static R integral(R x, const P& p);   // a smooth spike whose derivative is the slope: what gradient checks run on
//   };
//   SYNFIRE_SURROGATE(Atan, "atan", "…");
#pragma once
#include "synfire/def/param.h"
#include "synfire/tensor/vector_math.h"

namespace synfire {

struct SurrogateDef : Entry {
  void (*slopes)(const float* x, float* to, int n, const void* params) = nullptr;  // to[i] = slope(x[i]); the same memory will do
  double (*slope)(double x, const void* params) = nullptr;
  double (*integral)(double x, const void* params) = nullptr;
  std::vector<std::byte> (*pack)(const Attrs&) = nullptr;                          // what params points to
};
SYNFIRE_REGISTRY_DECLARE(SurrogateDef)

// A surrogate with its parameters, ready for use.
struct Slope {
  const SurrogateDef* def = nullptr;
  std::vector<std::byte> params;
  explicit Slope(const Choice& c);
  void slopes(const float* x, float* to, int n) const { def->slopes(x, to, n, params.data()); }
  double slope(double x) const { return def->slope(x, params.data()); }
  double integral(double x) const { return def->integral(x, params.data()); }
};

template <class T>
__attribute__((cold)) bool add_surrogate(std::string_view name, std::string_view doc, std::string_view file) {
  using P = typename ParamsOf<T>::type;
  SurrogateDef d;
  d.role = "surrogate", d.name = name, d.doc = doc, d.file = file, d.params = infos_of<T>();
  d.slopes = [](const float* x, float* to, int n, const void* params) {
    const P p = *static_cast<const P*>(params);
#pragma GCC ivdep
    for (int i = 0; i < n; ++i) to[i] = T::slope(x[i], p);
  };
  d.slope = [](double x, const void* params) { return T::slope(x, *static_cast<const P*>(params)); };
  d.integral = [](double x, const void* params) { return T::integral(x, *static_cast<const P*>(params)); };
  d.pack = [](const Attrs& attrs) {
    P p = params_of<T>(attrs);
    return std::vector<std::byte>(reinterpret_cast<const std::byte*>(&p), reinterpret_cast<const std::byte*>(&p) + sizeof p);
  };
  return Registry<SurrogateDef>::add(d);
}

#define SYNFIRE_SURROGATE(T, name, doc) static const bool registered_surrogate_##T = ::synfire::add_surrogate<T>(name, doc, __FILE__)

}  // namespace synfire

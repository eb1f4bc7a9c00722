// Dual numbers: a value and its derivative, carried through any formula (Clifford 1873; Griewank & Walther 2008, ch. 3).
// Dual<Dual<R>> carries the second derivative, and so on.
#pragma once
#include "synfire/tensor/vector_math.h"

namespace synfire {

template <class R>
struct Dual {
  R v{}, d{};  // value, derivative
  SYNFIRE_INLINE Dual() = default;
  SYNFIRE_INLINE Dual(R value, R derivative) : v(value), d(derivative) {}
  template <class S> requires(std::is_arithmetic_v<S>)
  SYNFIRE_INLINE Dual(S constant) : v(static_cast<R>(constant)), d(static_cast<R>(0.f)) {}  // NOLINT: constants mix freely
  explicit SYNFIRE_INLINE Dual(R value) requires(!std::is_arithmetic_v<R>) : v(value), d(0.f) {}

  friend SYNFIRE_INLINE Dual operator+(Dual a, Dual b) { return {a.v + b.v, a.d + b.d}; }
  friend SYNFIRE_INLINE Dual operator-(Dual a, Dual b) { return {a.v - b.v, a.d - b.d}; }
  friend SYNFIRE_INLINE Dual operator*(Dual a, Dual b) { return {a.v * b.v, a.d * b.v + a.v * b.d}; }
  friend SYNFIRE_INLINE Dual operator/(Dual a, Dual b) { R q = a.v / b.v; return {q, (a.d - q * b.d) / b.v}; }
  friend SYNFIRE_INLINE Dual operator-(Dual a) { return {-a.v, -a.d}; }
  // A number that does not depend on anything: half the work, as a compiler may not drop a product with zero.
  template <class S> requires(std::is_arithmetic_v<S>) friend SYNFIRE_INLINE Dual operator+(Dual a, S b) { return {a.v + R(b), a.d}; }
  template <class S> requires(std::is_arithmetic_v<S>) friend SYNFIRE_INLINE Dual operator+(S a, Dual b) { return {R(a) + b.v, b.d}; }
  template <class S> requires(std::is_arithmetic_v<S>) friend SYNFIRE_INLINE Dual operator-(Dual a, S b) { return {a.v - R(b), a.d}; }
  template <class S> requires(std::is_arithmetic_v<S>) friend SYNFIRE_INLINE Dual operator-(S a, Dual b) { return {R(a) - b.v, -b.d}; }
  template <class S> requires(std::is_arithmetic_v<S>) friend SYNFIRE_INLINE Dual operator*(Dual a, S b) { return {a.v * R(b), a.d * R(b)}; }
  template <class S> requires(std::is_arithmetic_v<S>) friend SYNFIRE_INLINE Dual operator*(S a, Dual b) { return {R(a) * b.v, R(a) * b.d}; }
  template <class S> requires(std::is_arithmetic_v<S>) friend SYNFIRE_INLINE Dual operator/(Dual a, S b) { return {a.v / R(b), a.d / R(b)}; }
  SYNFIRE_INLINE Dual& operator+=(Dual b) { return *this = *this + b; }
  SYNFIRE_INLINE Dual& operator-=(Dual b) { return *this = *this - b; }
  SYNFIRE_INLINE Dual& operator*=(Dual b) { return *this = *this * b; }
  SYNFIRE_INLINE Dual& operator/=(Dual b) { return *this = *this / b; }
  friend SYNFIRE_INLINE bool operator<(Dual a, Dual b) { return a.v < b.v; }
  friend SYNFIRE_INLINE bool operator>(Dual a, Dual b) { return a.v > b.v; }
  friend SYNFIRE_INLINE bool operator<=(Dual a, Dual b) { return a.v <= b.v; }
  friend SYNFIRE_INLINE bool operator>=(Dual a, Dual b) { return a.v >= b.v; }
  friend SYNFIRE_INLINE bool operator==(Dual a, Dual b) { return a.v == b.v; }
  friend SYNFIRE_INLINE bool operator!=(Dual a, Dual b) { return a.v != b.v; }
};

namespace math {
template <class R> SYNFIRE_INLINE Dual<R> madd(Dual<R> a, Dual<R> b, Dual<R> c) { return a * b + c; }
template <class R> SYNFIRE_INLINE Dual<R> abs(Dual<R> x) { return {abs(x.v), x.v < R(0.f) ? -x.d : x.d}; }
template <class R> SYNFIRE_INLINE Dual<R> sqrt(Dual<R> x) { R r = sqrt(x.v); return {r, x.d * R(0.5f) / r}; }
template <class R> SYNFIRE_INLINE Dual<R> exp(Dual<R> x) { R r = exp(x.v); return {r, x.d * r}; }
template <class R> SYNFIRE_INLINE Dual<R> log(Dual<R> x) { return {log(x.v), x.d / x.v}; }
template <class R> SYNFIRE_INLINE Dual<R> log1p(Dual<R> x) { return {log1p(x.v), x.d / (R(1.f) + x.v)}; }
template <class R> SYNFIRE_INLINE Dual<R> tanh(Dual<R> x) { R r = tanh(x.v); return {r, x.d * (R(1.f) - r * r)}; }
template <class R> SYNFIRE_INLINE Dual<R> sigmoid(Dual<R> x) { R r = sigmoid(x.v); return {r, x.d * r * (R(1.f) - r)}; }
template <class R> SYNFIRE_INLINE Dual<R> erf(Dual<R> x) {  // erf' = 2/√π e^-x²
  return {erf(x.v), x.d * R(1.1283791670955126) * exp(-(x.v * x.v))};
}
template <class R> SYNFIRE_INLINE Dual<R> select(bool c, Dual<R> a, Dual<R> b) { return c ? a : b; }
}  // namespace math

}  // namespace synfire

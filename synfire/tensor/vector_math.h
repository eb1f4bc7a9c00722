// Scalar functions of our own, as templates that compilers turn into vector code. float: polynomials and range reductions that
// give the same bits wherever multiply-add is fused; double: the standard library, the oracle of the float versions.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>

namespace synfire::math {
#define SYNFIRE_INLINE inline __attribute__((always_inline))

// a * b + c, rounded once where the processor can.
SYNFIRE_INLINE float madd(float a, float b, float c) {
#ifdef __FMA__
  return __builtin_fmaf(a, b, c);
#else
  return a * b + c;
#endif
}
SYNFIRE_INLINE double madd(double a, double b, double c) { return a * b + c; }

SYNFIRE_INLINE float abs(float x) { return __builtin_fabsf(x); }
SYNFIRE_INLINE double abs(double x) { return __builtin_fabs(x); }
SYNFIRE_INLINE float sqrt(float x) { return __builtin_sqrtf(x); }
SYNFIRE_INLINE double sqrt(double x) { return __builtin_sqrt(x); }
template <class R> SYNFIRE_INLINE R max(R a, R b) { return a > b ? a : b; }   // b when a is NaN
template <class R> SYNFIRE_INLINE R min(R a, R b) { return a < b ? a : b; }
template <class R> SYNFIRE_INLINE R square(R x) { return x * x; }
template <class R> SYNFIRE_INLINE R lerp(R a, R b, R w) { return a + w * (b - a); }
// c ? a : b, both computed.
SYNFIRE_INLINE float select(bool c, float a, float b) { return c ? a : b; }
SYNFIRE_INLINE double select(bool c, double a, double b) { return c ? a : b; }

namespace parts {
SYNFIRE_INLINE float scale2(float x, float n) {  // x * 2^n for n in [-252, 254], whole, in two steps so that no factor overflows
  int32_t i = static_cast<int32_t>(n), half = i >> 1;
  return x * std::bit_cast<float>((half + 127) << 23) * std::bit_cast<float>((i - half + 127) << 23);
}
// Nearest whole number for |x| < 2^22, by the shifter trick (vector code needs no rounding instruction).
SYNFIRE_INLINE float round_small(float x) { constexpr float kShift = 12582912.f; return (x + kShift) - kShift; }
}  // namespace parts

// e^x: x = n ln 2 + r, a degree 6 polynomial in r. 0 below -104, infinity above 88.73.
SYNFIRE_INLINE float exp(float x) {
  float c = x > 88.8f ? 88.8f : x;
  c = c < -104.f ? -104.f : c;
  float n = parts::round_small(c * 1.44269504f);
  float r = madd(n, -0.693145752f, c);
  r = madd(n, -1.42860677e-6f, r);
  float p = 1.38888892e-3f;
  p = madd(p, r, 8.33333377e-3f);
  p = madd(p, r, 4.16666679e-2f);
  p = madd(p, r, 1.66666672e-1f);
  p = madd(p, r, 0.5f);
  float e = parts::scale2(madd(r * r, p, r) + 1.f, n);
  return x != x ? x : e;
}
SYNFIRE_INLINE double exp(double x) { return std::exp(x); }

// log x: x = 2^n m with m in [sqrt ½, sqrt 2), log m by the series of 2 atanh((m - 1) / (m + 1)).
SYNFIRE_INLINE float log(float x) {
  int32_t bits = std::bit_cast<int32_t>(x);
  int32_t n = (bits - 0x3f3504f3) >> 23;
  float m = std::bit_cast<float>(bits - (n << 23)), e = static_cast<float>(n);
  float f = m - 1.f, s = f / (m + 1.f), z = s * s;
  float p = madd(madd(madd(z, 0.2222222f, 0.2857143f), z, 0.4f), z, 0.6666667f);  // 2/9 2/7 2/5 2/3
  float half = 0.5f * f * f;
  float r = madd(e, 0.693145752f, f - (half - madd(s * (half + z * p), 1.f, e * 1.42860677e-6f)));
  r = x > 3.4028235e38f ? x : r;
  r = x <= 1.17549421e-38f ? -std::bit_cast<float>(0x7f800000) : r;
  return x < 0 || x != x ? std::bit_cast<float>(0x7fc00000) : r;
}
SYNFIRE_INLINE double log(double x) { return std::log(x); }

// log(1 + x) by the correction of Kahan: log(u) * x / (u - 1), u = 1 + x.
SYNFIRE_INLINE float log1p(float x) {
  float u = 1.f + x, d = u - 1.f;
  float r = log(u) * (x / (d == 0 ? 1.f : d));
  return d == 0 ? x : (u > 3e38f ? log(u) : r);
}
SYNFIRE_INLINE double log1p(double x) { return std::log1p(x); }

// tanh x: a polynomial near 0, 1 - 2 / (e^2x + 1) beyond.
SYNFIRE_INLINE float tanh(float x) {
  float a = abs(x), z = x * x;
  float p = -5.0948281e-3f;
  p = madd(p, z, 2.00324468e-2f);
  p = madd(p, z, -5.35294563e-2f);
  p = madd(p, z, 1.33284763e-1f);
  p = madd(p, z, -3.33331347e-1f);
  float near = madd(x * z, p, x);
  float far = 1.f - 2.f / (exp(2.f * a) + 1.f);
  return a < 0.65f ? near : (x < 0 ? -far : (x != x ? x : far));
}
SYNFIRE_INLINE double tanh(double x) { return std::tanh(x); }

SYNFIRE_INLINE float sigmoid(float x) {
  float e = exp(-abs(x)), r = 1.f / (1.f + e);
  return x < 0 ? e * r : r;
}
SYNFIRE_INLINE double sigmoid(double x) { return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)); }

// erf x: a polynomial in x² up to 1, 1 - e^q(x) up to 4.1, then 1.
SYNFIRE_INLINE float erf(float x) {
  float a = abs(x), z = x * x;
  float p = -9.67359028e-6f;
  p = madd(p, z, 1.12682537e-4f);
  p = madd(p, z, -8.4843964e-4f);
  p = madd(p, z, 5.22105349e-3f);
  p = madd(p, z, -2.68654376e-2f);
  p = madd(p, z, 1.12837829e-1f);
  p = madd(p, z, -3.76126379e-1f);
  p = madd(p, z, 1.1283792f);
  float b = a > 4.1f ? 4.1f : a;
  float q = -7.88403938e-8f;
  q = madd(q, b, 3.3808692e-6f);
  q = madd(q, b, -6.2792431e-5f);
  q = madd(q, b, 6.88117696e-4f);
  q = madd(q, b, -5.07128099e-3f);
  q = madd(q, b, 2.71102525e-2f);
  q = madd(q, b, -1.11065611e-1f);
  q = madd(q, b, -6.30947828e-1f);
  q = madd(q, b, -1.13067567f);
  q = madd(q, b, 4.15976305e-4f);
  float far = a >= 4.1f ? 1.f : 1.f - exp(q);
  return a < 1.f ? x * p : (x < 0 ? -far : (x != x ? x : far));
}
SYNFIRE_INLINE double erf(double x) { return std::erf(x); }

}  // namespace synfire::math

namespace synfire {
using namespace math;  // catalogue formulas say exp(x), max(a, b)
}

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
// The smaller of two numbers that are not negative, compared as integers: GCC turns this into one instruction, but a
// comparison of floats into branches that it then copies through all that follows. NaN becomes b.
SYNFIRE_INLINE float clamp_above(float a, float b) {
  int32_t i = std::bit_cast<int32_t>(a), k = std::bit_cast<int32_t>(b);
  return std::bit_cast<float>(i < k ? i : k);
}
SYNFIRE_INLINE float copysign(float magnitude, float sign) {
  return std::bit_cast<float>((std::bit_cast<uint32_t>(magnitude) & 0x7fffffffu) | (std::bit_cast<uint32_t>(sign) & 0x80000000u));
}
SYNFIRE_INLINE float power_of_two(uint32_t n) { return std::bit_cast<float>((n + 127u) << 23); }

// e^x = 2^n e^r with x = n ln 2 + r: returns e^r by a minimax polynomial of degree 6. Adding 1.5 * 2^23 leaves n in the low bits.
SYNFIRE_INLINE float reduced_exp(float x, uint32_t& n) {
  constexpr float kShift = 12582912.f;
  float t = madd(x, 1.44269504f, kShift), whole = t - kShift;
  n = std::bit_cast<uint32_t>(t) - std::bit_cast<uint32_t>(kShift);
  float r = madd(whole, -0.693145752f, x);
  r = madd(whole, -1.42860677e-6f, r);
  float p = 1.38146104e-3f;
  p = madd(p, r, 8.36871099e-3f);
  p = madd(p, r, 4.1668389e-2f);
  p = madd(p, r, 1.66665211e-1f);
  p = madd(p, r, 4.99999940e-1f);
  return madd(r * r, p, r) + 1.f;
}
SYNFIRE_INLINE float exp_within_87(float x) {  // |x| <= 87
  uint32_t n;
  float e = reduced_exp(x, n);
  return e * power_of_two(n);
}
SYNFIRE_INLINE float exp_within_104(float x) {  // |x| <= 104: in two steps, so that no factor overflows
  uint32_t n;
  float e = reduced_exp(x, n);
  uint32_t half = static_cast<uint32_t>(static_cast<int32_t>(n) >> 1);
  return e * power_of_two(half) * power_of_two(n - half);
}
}  // namespace parts

// e^x; 0 below -104, infinity above 88.72.
SYNFIRE_INLINE float exp(float x) {
  float e = parts::exp_within_104(x);
  e = x > 89.f ? std::bit_cast<float>(0x7f800000) : e;
  return x < -104.f ? 0.f : e;
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
  float far = 1.f - 2.f / (parts::exp_within_87(2.f * parts::clamp_above(a, 10.f)) + 1.f);
  return a >= 0.65f ? parts::copysign(far, x) : near;
}
SYNFIRE_INLINE double tanh(double x) { return std::tanh(x); }

SYNFIRE_INLINE float sigmoid(float x) {
  float e = parts::exp_within_104(-parts::clamp_above(abs(x), 104.f)), r = 1.f / (1.f + e);
  r = x < 0 ? e * r : r;
  return x != x ? x : r;
}
SYNFIRE_INLINE double sigmoid(double x) { return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)); }

// erf x: x plus x times a minimax polynomial in x² up to 1, 1 - e^q(x) beyond.
SYNFIRE_INLINE float erf(float x) {
  float a = abs(x), z = x * x;
  float p = 7.85386146e-5f;
  p = madd(p, z, -8.01019371e-4f);
  p = madd(p, z, 5.18832775e-3f);
  p = madd(p, z, -2.68538129e-2f);
  p = madd(p, z, 1.12835854e-1f);
  p = madd(p, z, -3.7612626e-1f);
  p = madd(p, z, 1.28379166e-1f);
  float b = parts::clamp_above(a, 4.1f);
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
  float far = 1.f - parts::exp_within_87(q);  // rounds to 1 from 3.9 on
  return a >= 1.f ? parts::copysign(far, x) : madd(x, p, x);
}
SYNFIRE_INLINE double erf(double x) { return std::erf(x); }
SYNFIRE_INLINE double atan(double x) { return std::atan(x); }  // oracles only

}  // namespace synfire::math

namespace synfire {
using namespace math;  // catalogue formulas say exp(x), max(a, b)
}

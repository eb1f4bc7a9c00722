// Eight floats at once, by the compiler's own vector types: AVX2 where the library is built for it, pairs of SSE registers otherwise.
#pragma once
#include <cstring>

#if defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#endif

namespace synfire {

using Vec = float __attribute__((vector_size(32)));

inline __attribute__((always_inline)) Vec load(const float* p) {
  Vec v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
inline __attribute__((always_inline)) void store(float* p, Vec v) { std::memcpy(p, &v, sizeof v); }
inline __attribute__((always_inline)) Vec splat(float x) { return Vec{x, x, x, x, x, x, x, x}; }
inline __attribute__((always_inline)) Vec fma(Vec a, Vec b, Vec c) {  // a b + c
#if defined(__AVX2__) && defined(__FMA__)
  return _mm256_fmadd_ps(a, b, c);
#else
  return a * b + c;
#endif
}

}  // namespace synfire

// Several floats at once, by the compiler's own vector types: eight (a Vec) where memory sets the pace, and as many as a register
// of the library's level holds (a Word) in the products.
#pragma once
#include <cstdint>
#include <cstring>

#ifdef __AVX2__
#include <immintrin.h>
#endif

#pragma GCC diagnostic ignored "-Wpsabi"  // how a Vec is passed differs between levels; here it never is, all is inlined

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
#ifdef __AVX2__  // every processor with AVX2 has FMA, and a level asks for both
  return _mm256_fmadd_ps(a, b, c);
#else
  return a * b + c;
#endif
}

// Word: 16 floats with AVX-512, 8 with AVX2, 4 without. Which it is changes no layout and no slice.
#if defined(__AVX512F__)
using Word = float __attribute__((vector_size(64)));
inline __attribute__((always_inline)) Word splat_word(float x) { return _mm512_set1_ps(x); }
inline __attribute__((always_inline)) Word fma(Word a, Word b, Word c) { return _mm512_fmadd_ps(a, b, c); }
inline __attribute__((always_inline)) __mmask16 first_lanes(int64_t n) {  // n may lie outside 0 … 16
  return n >= 16 ? __mmask16(0xffff) : n <= 0 ? __mmask16(0) : __mmask16((1u << n) - 1);
}
#elif defined(__AVX2__)
using Word = Vec;
inline __attribute__((always_inline)) Word splat_word(float x) { return splat(x); }
#else
using Word = float __attribute__((vector_size(16)));
inline __attribute__((always_inline)) Word splat_word(float x) { return Word{x, x, x, x}; }
inline __attribute__((always_inline)) Word fma(Word a, Word b, Word c) { return a * b + c; }
#endif
constexpr int kLanes = sizeof(Word) / sizeof(float);

inline __attribute__((always_inline)) Word load_word(const float* p) {
  Word v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
inline __attribute__((always_inline)) void store_word(float* p, Word v) { std::memcpy(p, &v, sizeof v); }

// The 8 x 8 matrix at `from` turned: to[j][i] = from[i][j]; strides in floats.
inline __attribute__((always_inline)) void turn_8x8(const float* from, int64_t from_stride, float* to, int64_t to_stride) {
  Vec r[8], t[8], u[8];
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) r[i] = load(from + i * from_stride);
#pragma GCC unroll 4
  for (int i = 0; i < 8; i += 2) {  // pairs of rows interleaved within each half
    t[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    t[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {  // pairs of pairs: columns i and i + 4 of four rows
    int a = i / 2;
    if (i % 2 == 0) {
      u[i] = __builtin_shufflevector(t[a], t[a + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      u[i + 4] = __builtin_shufflevector(t[a + 4], t[a + 6], 0, 1, 8, 9, 4, 5, 12, 13);
    } else {
      u[i] = __builtin_shufflevector(t[a], t[a + 2], 2, 3, 10, 11, 6, 7, 14, 15);
      u[i + 4] = __builtin_shufflevector(t[a + 4], t[a + 6], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {  // the halves of rows 0-3 and 4-7 together
    store(to + i * to_stride, __builtin_shufflevector(u[i], u[i + 4], 0, 1, 2, 3, 8, 9, 10, 11));
    store(to + (i + 4) * to_stride, __builtin_shufflevector(u[i], u[i + 4], 4, 5, 6, 7, 12, 13, 14, 15));
  }
}

}  // namespace synfire

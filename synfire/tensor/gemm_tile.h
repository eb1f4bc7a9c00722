// The innermost loop of every matrix product: sums of a few rows by a few vectors of 8 columns, held in registers.
#pragma once
#include <algorithm>
#include <cstdint>

#include "synfire/tensor/vec.h"

namespace synfire {

#define SYNFIRE_INNER inline __attribute__((always_inline))
#define SYNFIRE_UNROLL _Pragma("GCC unroll 16")

// MR rows by NV vectors. With AVX2, 12 sums, 2 vectors of w and 1 of x take 15 of the 16 registers.
template <int MR, int NV>
struct Tile {
  Vec a[MR][NV];

  // Row i, vector j comes from (goes to) p + i * stride + j * 8; only the first `width` columns are touched.
  SYNFIRE_INNER void load_from(const float* p, int64_t stride, int64_t width) {
    if (width >= NV * 8) {
      SYNFIRE_UNROLL for (int i = 0; i < MR; ++i)
        SYNFIRE_UNROLL for (int j = 0; j < NV; ++j) a[i][j] = load(p + i * stride + j * 8);
      return;
    }
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i) {
      float t[NV * 8] = {};
      std::copy_n(p + i * stride, width, t);
      SYNFIRE_UNROLL for (int j = 0; j < NV; ++j) a[i][j] = load(t + j * 8);
    }
  }
  SYNFIRE_INNER void store_to(float* p, int64_t stride, int64_t width) const {
    if (width >= NV * 8) {
      SYNFIRE_UNROLL for (int i = 0; i < MR; ++i)
        SYNFIRE_UNROLL for (int j = 0; j < NV; ++j) store(p + i * stride + j * 8, a[i][j]);
      return;
    }
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i) {
      float t[NV * 8];
      SYNFIRE_UNROLL for (int j = 0; j < NV; ++j) store(t + j * 8, a[i][j]);
      std::copy_n(t, width, p + i * stride);
    }
  }
  SYNFIRE_INNER void clear() {
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i)
      SYNFIRE_UNROLL for (int j = 0; j < NV; ++j) a[i][j] = Vec{};
  }

  // a[i][j] += sum over k of x[i, k] w[k, j]: x at x + i * row_stride + k * k_stride; two vectors j of one panel lie side by
  // side, steps of k 16 floats apart, panels panel_stride apart. Sums run in the order of k, whatever the tile.
  SYNFIRE_INNER void add(int64_t K, const float* x, int64_t row_stride, int64_t k_stride, const float* w, int64_t panel_stride) {
    const float* x3 = x + 3 * row_stride;  // two pointers reach six rows without further arithmetic
    for (int64_t k = 0; k < K; ++k, x += k_stride, x3 += k_stride, w += 16) {
      if constexpr (MR < 4) {  // rows in registers, vectors of w pass by
        Vec v[MR];
        SYNFIRE_UNROLL for (int i = 0; i < MR; ++i) v[i] = splat(x[i * row_stride]);
        SYNFIRE_UNROLL for (int j = 0; j < NV; ++j) {
          Vec b = load(w + (j / 2) * panel_stride + (j & 1) * 8);
          SYNFIRE_UNROLL for (int i = 0; i < MR; ++i) a[i][j] = fma(v[i], b, a[i][j]);
        }
      } else {
        Vec b[NV];
        SYNFIRE_UNROLL for (int j = 0; j < NV; ++j) b[j] = load(w + (j / 2) * panel_stride + (j & 1) * 8);
        SYNFIRE_UNROLL for (int i = 0; i < MR; ++i) {
          Vec v = splat(i < 3 ? x[i * row_stride] : x3[(i - 3) * row_stride]);
          SYNFIRE_UNROLL for (int j = 0; j < NV; ++j) a[i][j] = fma(v, b[j], a[i][j]);
        }
      }
    }
  }
};

// How many rows the next tile takes of `left`: tiles of 6, 5 and 4 keep both multipliers busy, so a rest of 1, 2 or 3 rows
// is shared out among tiles of 4 and 5 where there are enough.
inline int next_rows(int64_t left) {
#ifndef __AVX2__
  return static_cast<int>(std::min<int64_t>(left, 3));  // a Vec is two registers here
#endif
  switch (left % 6) {
    case 0: return 6;
    case 1: return left > 7 ? 5 : left == 7 ? 4 : 1;
    case 2: return left > 2 ? 4 : 2;
    case 3: return left > 3 ? 5 : 3;
    case 4: return 4;
    default: return 5;
  }
}

// Calls f.template operator()<MR>(m) for tiles of rows that cover [m, m1).
template <class F>
SYNFIRE_INNER void for_tiles(int64_t m, int64_t m1, const F& f) {
  while (m < m1) {
    int rows = next_rows(m1 - m);
    switch (rows) {
      case 6: f.template operator()<6>(m); break;
      case 5: f.template operator()<5>(m); break;
      case 4: f.template operator()<4>(m); break;
      case 3: f.template operator()<3>(m); break;
      case 2: f.template operator()<2>(m); break;
      default: f.template operator()<1>(m);
    }
    m += rows;
  }
}

}  // namespace synfire

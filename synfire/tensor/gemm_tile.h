// The innermost loop of every matrix product: sums of a few rows by a few vectors of 8 columns, held in registers.
#pragma once
#include <algorithm>
#include <cstdint>

#include "synfire/tensor/vec.h"

namespace synfire {

#define SYNFIRE_INNER inline __attribute__((always_inline))
#define SYNFIRE_UNROLL _Pragma("GCC unroll 16")

// NV vectors from (to) p, of which only the first `width` floats exist.
template <int NV>
SYNFIRE_INNER void load_row(const float* p, int64_t width, Vec* v) {
  if (width >= NV * 8) {
    SYNFIRE_UNROLL for (int j = 0; j < NV; ++j) v[j] = load(p + j * 8);
    return;
  }
  float t[NV * 8] = {};
  std::copy_n(p, width, t);
  SYNFIRE_UNROLL for (int j = 0; j < NV; ++j) v[j] = load(t + j * 8);
}
template <int NV>
SYNFIRE_INNER void store_row(float* p, int64_t width, const Vec* v) {
  if (width >= NV * 8) {
    SYNFIRE_UNROLL for (int j = 0; j < NV; ++j) store(p + j * 8, v[j]);
    return;
  }
  float t[NV * 8];
  SYNFIRE_UNROLL for (int j = 0; j < NV; ++j) store(t + j * 8, v[j]);
  if (width < 8) {
    std::copy_n(t, width, p);
    return;
  }
  for (int64_t j = 0; j + 8 <= width; j += 8) store(p + j, load(t + j));
  store(p + width - 8, load(t + width - 8));  // the last 8 overlap the ones before
}

// MR rows by NV vectors. With AVX2, 12 sums, 2 vectors of w and 1 of x take 15 of the 16 registers.
template <int MR, int NV>
struct Tile {
  Vec a[MR][NV];

  // Row i, vector j comes from (goes to) p + i * stride + j * 8; only the first `width` columns are touched.
  SYNFIRE_INNER void load_from(const float* p, int64_t stride, int64_t width) {
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i) load_row<NV>(p + i * stride, width, a[i]);
  }
  SYNFIRE_INNER void store_to(float* p, int64_t stride, int64_t width) const {
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i) store_row<NV>(p + i * stride, width, a[i]);
  }
  SYNFIRE_INNER void set_rows(const float* p, int64_t width) {  // the same values in every row
    Vec row[NV];
    load_row<NV>(p, width, row);
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i)
      SYNFIRE_UNROLL for (int j = 0; j < NV; ++j) a[i][j] = row[j];
  }
  // a += what is at p.
  SYNFIRE_INNER void add_from(const float* p, int64_t stride, int64_t width) {
    Tile<MR, NV> t;
    t.load_from(p, stride, width);
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i)
      SYNFIRE_UNROLL for (int j = 0; j < NV; ++j) a[i][j] += t.a[i][j];
  }
  SYNFIRE_INNER static void prefetch(const float* p, int64_t stride) {
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i)
      SYNFIRE_UNROLL for (int j = 0; j < NV; j += 2) __builtin_prefetch(p + i * stride + j * 8, 1);
  }
  SYNFIRE_INNER void clear() {
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i)
      SYNFIRE_UNROLL for (int j = 0; j < NV; ++j) a[i][j] = Vec{};
  }

  // a[i][j] += sum over k of x[i, k] w[k, j]: x at x + i * row_stride + k * k_stride; two vectors j of one panel lie side by
  // side, panels panel_stride apart, steps of k w_stride apart. Sums run in the order of k, whatever the tile.
  SYNFIRE_INNER void add(int64_t K, const float* x, int64_t row_stride, int64_t k_stride, const float* w, int64_t panel_stride, int64_t w_stride = 16) {
    const float* x3 = x + 3 * row_stride;  // two pointers reach six rows without further arithmetic
    for (int64_t k = 0; k < K; ++k, x += k_stride, x3 += k_stride, w += w_stride) {
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

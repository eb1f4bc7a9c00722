// The innermost loop of every matrix product: sums of a few rows by a few registers of columns, held in registers.
#pragma once
#include <algorithm>
#include <cstdint>

#include "synfire/tensor/vec.h"

namespace synfire {

#define SYNFIRE_INNER inline __attribute__((always_inline))
#define SYNFIRE_UNROLL _Pragma("GCC unroll 32")

// The largest tile of a level, rows by columns. 24 sums of the 32 registers of AVX-512, 12 of 16 with AVX2; w and x take the rest. Without
// a multiply-add 8 of 16: each product needs a register, too.
#if defined(__AVX512F__)
constexpr int kTileRows = 12, kTileColumns = 32;
#elif defined(__AVX2__)
constexpr int kTileRows = 6, kTileColumns = 16;
#else
constexpr int kTileRows = 2, kTileColumns = 16;
#endif

// `Columns` floats from (to) p, of which only the first `width` exist. Columns may be half a Word: then width is no more.
template <int Columns>
SYNFIRE_INNER void load_row(const float* p, int64_t width, Word* v) {
  constexpr int kWords = (Columns + kLanes - 1) / kLanes;
  if (width >= kWords * kLanes) {
    SYNFIRE_UNROLL for (int j = 0; j < kWords; ++j) v[j] = load_word(p + j * kLanes);
    return;
  }
#ifdef __AVX512F__
  SYNFIRE_UNROLL for (int j = 0; j < kWords; ++j) v[j] = _mm512_maskz_loadu_ps(first_lanes(width - j * kLanes), p + j * kLanes);
#else
  float t[kWords * kLanes] = {};
  std::copy_n(p, width, t);
  SYNFIRE_UNROLL for (int j = 0; j < kWords; ++j) v[j] = load_word(t + j * kLanes);
#endif
}
template <int Columns>
SYNFIRE_INNER void store_row(float* p, int64_t width, const Word* v) {
  constexpr int kWords = (Columns + kLanes - 1) / kLanes;
  if (width >= kWords * kLanes) {
    SYNFIRE_UNROLL for (int j = 0; j < kWords; ++j) store_word(p + j * kLanes, v[j]);
    return;
  }
#ifdef __AVX512F__
  SYNFIRE_UNROLL for (int j = 0; j < kWords; ++j) _mm512_mask_storeu_ps(p + j * kLanes, first_lanes(width - j * kLanes), v[j]);
#else
  float t[kWords * kLanes];
  SYNFIRE_UNROLL for (int j = 0; j < kWords; ++j) store_word(t + j * kLanes, v[j]);
  if (width < 8) {
    std::copy_n(t, width, p);
    return;
  }
  for (int64_t j = 0; j + 8 <= width; j += 8) store(p + j, load(t + j));
  store(p + width - 8, load(t + width - 8));  // the last 8 overlap the ones before
#endif
}

// MR rows by `Columns` columns.
template <int MR, int Columns>
struct Tile {
  static constexpr int kWords = (Columns + kLanes - 1) / kLanes;
  Word a[MR][kWords];

  // Row i comes from (goes to) p + i * stride; only the first `width` columns are touched.
  SYNFIRE_INNER void load_from(const float* p, int64_t stride, int64_t width) {
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i) load_row<Columns>(p + i * stride, width, a[i]);
  }
  SYNFIRE_INNER void store_to(float* p, int64_t stride, int64_t width) const {
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i) store_row<Columns>(p + i * stride, width, a[i]);
  }
  SYNFIRE_INNER void set_rows(const float* p, int64_t width) {  // the same values in every row
    Word row[kWords];
    load_row<Columns>(p, width, row);
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i)
      SYNFIRE_UNROLL for (int j = 0; j < kWords; ++j) a[i][j] = row[j];
  }
  // a += what is at p.
  SYNFIRE_INNER void add_from(const float* p, int64_t stride, int64_t width) {
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i) {
      Word row[kWords];
      load_row<Columns>(p + i * stride, width, row);
      SYNFIRE_UNROLL for (int j = 0; j < kWords; ++j) a[i][j] += row[j];
    }
  }
  SYNFIRE_INNER static void prefetch(const float* p, int64_t stride) {
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i)
      SYNFIRE_UNROLL for (int j = 0; j < Columns; j += 16) __builtin_prefetch(p + i * stride + j, 1);
  }
  SYNFIRE_INNER void clear() {
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i)
      SYNFIRE_UNROLL for (int j = 0; j < kWords; ++j) a[i][j] = Word{};
  }

  // The same for columns in panels, where rows are 16 apart and panels panel_stride.
  SYNFIRE_INNER static int64_t in_panels(int i, int j, int64_t panel_stride) { return j * kLanes / 16 * panel_stride + i * 16 + j * kLanes % 16; }
  SYNFIRE_INNER void add_panels(const float* p, int64_t panel_stride) {
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i)
      SYNFIRE_UNROLL for (int j = 0; j < kWords; ++j) a[i][j] += load_word(p + in_panels(i, j, panel_stride));
  }
  SYNFIRE_INNER void load_panels(const float* p, int64_t panel_stride) {
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i)
      SYNFIRE_UNROLL for (int j = 0; j < kWords; ++j) a[i][j] = load_word(p + in_panels(i, j, panel_stride));
  }
  SYNFIRE_INNER void store_panels(float* p, int64_t panel_stride) const {
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i)
      SYNFIRE_UNROLL for (int j = 0; j < kWords; ++j) store_word(p + in_panels(i, j, panel_stride), a[i][j]);
  }

  // One step of k: a[i][…] += x(i) * the row of w, panels of 16 columns panel_stride apart. The shorter side waits in registers,
  // the other passes by.
  template <class X>
  SYNFIRE_INNER void add_step(const X& x, const float* w, int64_t panel_stride) {
    auto word = [&](int j) __attribute__((always_inline)) { return load_word(w + in_panels(0, j, panel_stride)); };
    if constexpr (MR <= kWords) {
      Word v[MR];
      SYNFIRE_UNROLL for (int i = 0; i < MR; ++i) v[i] = splat_word(x(i));
      SYNFIRE_UNROLL for (int j = 0; j < kWords; ++j) {
        Word b = word(j);
        SYNFIRE_UNROLL for (int i = 0; i < MR; ++i) a[i][j] = fma(v[i], b, a[i][j]);
      }
    } else {
      Word b[kWords];
      SYNFIRE_UNROLL for (int j = 0; j < kWords; ++j) b[j] = word(j);
      SYNFIRE_UNROLL for (int i = 0; i < MR; ++i) {
        Word v = splat_word(x(i));
        SYNFIRE_UNROLL for (int j = 0; j < kWords; ++j) a[i][j] = fma(v, b[j], a[i][j]);
      }
    }
  }

  // a[i][j] += sum over k of x[i, k] w[k, j]: x at x + i * row_stride + k * k_stride; steps of k w_stride apart. Sums run in the
  // order of k, whatever the tile.
  SYNFIRE_INNER void add(int64_t K, const float* x, int64_t row_stride, int64_t k_stride, const float* w, int64_t panel_stride, int64_t w_stride = 16) {
    constexpr int kGroups = (MR + 2) / 3;
    const float* group[kGroups];  // a pointer reaches three rows without further arithmetic
    SYNFIRE_UNROLL for (int g = 0; g < kGroups; ++g) group[g] = x + 3 * g * row_stride;
    for (int64_t k = 0; k < K; ++k, w += w_stride) {
      add_step([&](int i) __attribute__((always_inline)) { return group[i / 3][i % 3 * row_stride]; }, w, panel_stride);
      SYNFIRE_UNROLL for (int g = 0; g < kGroups; ++g) group[g] += k_stride;
    }
  }
};

// Calls f.template operator()<MR>(m) for `count` tiles of rows from m on; returns where they end.
template <int MR, int Least, class F>
SYNFIRE_INNER int64_t repeat_tiles(int rows, int64_t m, int64_t count, const F& f) {
  if (rows == MR) {
    for (; count > 0; --count, m += MR) f.template operator()<MR>(m);
    return m;
  }
  if constexpr (MR > Least) return repeat_tiles<MR - 1, Least>(rows, m, count, f);
  else return m;
}

// Tiles of up to Most rows that cover [m, m1), all of the same size or one row less: a small rest would leave multipliers idle.
// Nothing smaller than Least, at most half of Most, comes up where there are as many rows.
template <int Most, int Least = 1, class F>
SYNFIRE_INNER void for_tiles(int64_t m, int64_t m1, const F& f) {
  int64_t left = m1 - m, tiles = (left + Most - 1) / Most, more = tiles ? left % tiles : 0;  // `more` tiles have one row more
  for (int64_t count; m < m1; tiles -= count, more = 0) {
    count = more ? more : tiles;
    m = repeat_tiles<Most, Least>(static_cast<int>((m1 - m + tiles - 1) / tiles), m, count, f);
  }
}

}  // namespace synfire

// The innermost loop of the dense convolutions: a product whose left side is found through two tables of offsets, so that a tile
// may reach over the ends of image rows, over holes between windows and over the images of a group.
#pragma once
#include "synfire/tensor/gemm_tile.h"

namespace synfire {

// t.a[i][…] += sum over k of x[row[i] + step[k]] * w[k * stride …], in the order of k. Offsets in floats. A pointer serves G rows,
// `apart` floats from each other: there are fewer pointers than rows of a large tile.
template <int G, int MR, int Columns>
SYNFIRE_INNER void add_gathered(Tile<MR, Columns>& t, int64_t K, const float* x, const int32_t* row, int64_t apart, const int32_t* step, const float* w,
                                int64_t panel_stride, int64_t stride) {
  const float* r[MR / G];
  SYNFIRE_UNROLL for (int i = 0; i < MR / G; ++i) r[i] = x + row[i * G];
  for (int64_t k = 0; k < K; ++k, w += stride) {
    int64_t at = step[k], next = at + apart;
    t.add_step([&](int i) __attribute__((always_inline)) { return r[i / G][i % G ? next : at]; }, w, panel_stride);
  }
}

// Panels that one tile takes of `left`: with AVX-512 up to four fill the registers.
inline int tile_panels(int64_t left) { return kLanes < 16 || left == 1 ? 1 : left < 4 ? 2 : 4; }

// Calls f.template operator()<MR, G>(m) for tiles that cover rows [m, m1). `paired`: rows 2i and 2i + 1 are the same distance apart
// for all i, and m and m1 are even.
template <int Columns, class F>
SYNFIRE_INNER void for_gathered(bool paired, int64_t m, int64_t m1, const F& f) {
  constexpr int kSingle = kLanes < 16 ? kTileRows : Columns == 16 ? 10 : Columns == 32 ? 9 : 6;
  if constexpr (kLanes == 16 && Columns < 64)
    if (paired)
      return for_tiles<Columns == 16 ? 8 : 6>(m / 2, m1 / 2, [&]<int Pairs>(int64_t i) __attribute__((always_inline)) {
        f.template operator()<Pairs * 2, 2>(i * 2);
      });
  for_tiles<kSingle>(m, m1, [&]<int MR>(int64_t i) __attribute__((always_inline)) { f.template operator()<MR, 1>(i); });
}

}  // namespace synfire

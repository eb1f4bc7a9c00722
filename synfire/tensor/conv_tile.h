// The innermost loop of the dense convolutions: a product whose left side is found through two tables of offsets, so that a tile
// may reach over the ends of image rows, over holes between windows and over the images of a group.
#pragma once
#include "synfire/tensor/gemm_tile.h"

namespace synfire {

// t.a[i][…] += sum over k of x[row[i] + step[k]] * w[k * stride …], in the order of k. Offsets in floats.
template <int MR>
SYNFIRE_INNER void add_gathered(Tile<MR, 2>& t, int64_t K, const float* x, const int32_t* row, const int32_t* step, const float* w,
                                int64_t stride) {
  const float* r[MR];
  SYNFIRE_UNROLL for (int i = 0; i < MR; ++i) r[i] = x + row[i];
  for (int64_t k = 0; k < K; ++k, w += stride) {
    int64_t at = step[k];
    Vec b0 = load(w), b1 = load(w + 8);
    SYNFIRE_UNROLL for (int i = 0; i < MR; ++i) {
      Vec v = splat(r[i][at]);
      t.a[i][0] = fma(v, b0, t.a[i][0]);
      t.a[i][1] = fma(v, b1, t.a[i][1]);
    }
  }
}

// The first `width` of 16 values.
SYNFIRE_INNER void store_part(float* y, const Vec& low, const Vec& high, int64_t width) {
  if (width == 16) {
    store(y, low), store(y + 8, high);
    return;
  }
  float t[16];
  store(t, low), store(t + 8, high);
  std::copy_n(t, width, y);
}

}  // namespace synfire

// Convolutions with windows three pixels wide that move by one pixel, for a single panel of channels: a value of the image, once in a
// register, meets all three taps. Otherwise every multiply-add would need a load of its own, more than AVX-512 has room for.
#pragma once
#include "synfire/tensor/gemm_tile.h"

namespace synfire {

constexpr int kSlideLeast = 8, kSlideMost = 16;  // pixels of a tile
// Whether rows of `pixels` are made by sliding: a property of the shape, as the order of the sums depends on it.
inline bool slides(int64_t KW, int64_t SW, int64_t pixels) { return kLanes == 16 && KW == 3 && SW == 1 && pixels >= kSlideLeast; }

// t.a[i] += the sum over kh, then channels, then the three taps: x of pixel i + tap at x + down[kh * 3 * channels] + (i + tap) *
// apart + channel; w is a panel [kh][3][channels][16]. Offsets in floats.
template <int MR>
SYNFIRE_INNER void add_sliding(Tile<MR, 16>& t, int64_t K, int64_t channels, const float* x, int64_t apart, const int32_t* down, const float* w) {
  constexpr int kGroups = (MR + 2 + 2) / 3;
  for (int64_t k = 0; k < K; k += 3 * channels) {
    const float *group[kGroups], *taps = w + k * 16;  // a pointer reaches three pixels
    SYNFIRE_UNROLL for (int g = 0; g < kGroups; ++g) group[g] = x + down[k] + 3 * g * apart;
    for (int64_t c = 0; c < channels; ++c, taps += 16) {
      Word b[3];
      SYNFIRE_UNROLL for (int s = 0; s < 3; ++s) b[s] = load_word(taps + s * channels * 16);
      SYNFIRE_UNROLL for (int q = 0; q < MR + 2; ++q) {
        Word v = splat_word(group[q / 3][q % 3 * apart]);
        SYNFIRE_UNROLL for (int s = 0; s < 3; ++s)
          if (q >= s && q - s < MR) t.a[q - s][0] = fma(v, b[s], t.a[q - s][0]);
      }
      SYNFIRE_UNROLL for (int g = 0; g < kGroups; ++g) ++group[g];
    }
  }
}

// The weight gradient of C channels and three taps: dw [3][channels][16] (+)= x times dy over `rows` rows of pixels; the first
// input of a row lies at x + source[row * pixels].
template <int C>
void sum_sliding(int64_t rows, int64_t pixels, int64_t channels, const float* x, int64_t apart, const int32_t* source, const float* dy,
                 int64_t dy_pixel, bool fresh, float* dw) {
  Word sum[3][C] = {};
  if (!fresh)
    SYNFIRE_UNROLL for (int s = 0; s < 3; ++s) SYNFIRE_UNROLL for (int c = 0; c < C; ++c) sum[s][c] = load_word(dw + (s * channels + c) * 16);
  for (int64_t r = 0; r < rows; ++r) {
    const float* from = x + source[r * pixels];
    Word d[3] = {};  // dy of the pixel whose first tap is here, and of the two before it
    auto add = [&]() __attribute__((always_inline)) {
      SYNFIRE_UNROLL for (int c = 0; c < C; ++c) {
        Word v = splat_word(from[c]);
        SYNFIRE_UNROLL for (int s = 0; s < 3; ++s) sum[s][c] = fma(v, d[s], sum[s][c]);
      }
      d[2] = d[1], d[1] = d[0], from += apart;
    };
    for (int64_t q = 0; q < pixels; ++q, dy += dy_pixel) d[0] = load_word(dy), add();
    d[0] = Word{}, add();
    d[0] = Word{}, add();
  }
  SYNFIRE_UNROLL for (int s = 0; s < 3; ++s) SYNFIRE_UNROLL for (int c = 0; c < C; ++c) store_word(dw + (s * channels + c) * 16, sum[s][c]);
}

// All channels and all rows of the window: dw [kh][3][channels][16].
inline void sum_sliding(int64_t K, int64_t channels, int64_t rows, int64_t pixels, const float* x, int64_t apart, const int32_t* down,
                        const int32_t* source, const float* dy, int64_t dy_pixel, bool fresh, float* dw) {
  for (int64_t k = 0; k < K; k += 3 * channels) {
    auto sum = [&]<int C>(int64_t c) { sum_sliding<C>(rows, pixels, channels, x + down[k] + c, apart, source, dy, dy_pixel, fresh, dw + (k + c) * 16); };
    int64_t c = 0;
    for (; c + 8 <= channels; c += 8) sum.template operator()<8>(c);
    for (; c + 3 <= channels; c += 3) sum.template operator()<3>(c);
    for (; c < channels; ++c) sum.template operator()<1>(c);
  }
}

}  // namespace synfire

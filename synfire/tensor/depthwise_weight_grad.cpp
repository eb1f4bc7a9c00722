// The weight gradient of a depthwise convolution: the sums of a window's taps stay in registers while the image passes by.
#include <algorithm>
#include <cstring>

#include "synfire/tensor/depthwise.h"
#include "synfire/tensor/gemm_tile.h"

namespace synfire {
namespace {

constexpr int64_t kBandFloats = 6 * 1024;  // rows of x and dy that stay in L1 while one group of channels after another reads them

// Output rows [first, last) of one image; x, dy are the image's.
struct Band {
  const ConvShape& s;
  int64_t first, last;
  const float *x, *dy, *zeros;  // zeros stands for the rows of the padding

  // The channels of a V from c on, a window of 3 by 3: dw [9][16] += …, db += the sum of dy
  template <class V>
  void run_3x3(int64_t c, float* dw, float* db) const {
    auto load = [](const float* p) __attribute__((always_inline)) {
      V v;
      std::memcpy(&v, p, sizeof v);
      return v;
    };
    V sum[3][3], total = load(db);
    SYNFIRE_UNROLL for (int i = 0; i < 9; ++i) sum[i / 3][i % 3] = load(dw + i * 16);
    int64_t C = s.C, W = s.W, OW = s.OW(), step = s.SW * C;
    int64_t lo = std::min((s.PL + s.SW - 1) / s.SW, OW), hi = std::clamp((W - 3 + s.PL + s.SW) / s.SW, lo, OW);
    for (int64_t h = first; h < last; ++h) {
      const float* row[3];
      SYNFIRE_UNROLL for (int r = 0; r < 3; ++r) {
        int64_t ih = h * s.SH - s.PT + r;
        row[r] = ih >= 0 && ih < s.H ? x + ih * W * C + c : zeros;
      }
      const float* g = dy + h * OW * C + c;
      auto edge = [&](int64_t j) __attribute__((always_inline)) {
        V v = load(g + j * C);
        total += v;
        int64_t at = j * s.SW - s.PL;
        SYNFIRE_UNROLL for (int k = 0; k < 3; ++k)
          if (at + k >= 0 && at + k < W)
            SYNFIRE_UNROLL for (int r = 0; r < 3; ++r) sum[r][k] = fma(v, load(row[r] + (at + k) * C), sum[r][k]);
      };
      for (int64_t j = 0; j < lo; ++j) edge(j);
      const float *a = row[0] + (lo * s.SW - s.PL) * C, *b = row[1] + (lo * s.SW - s.PL) * C, *d = row[2] + (lo * s.SW - s.PL) * C;
      for (int64_t j = lo; j < hi; ++j, a += step, b += step, d += step) {
        V v = load(g + j * C);
        total += v;
        SYNFIRE_UNROLL for (int k = 0; k < 3; ++k) {
          sum[0][k] = fma(v, load(a + k * C), sum[0][k]);
          sum[1][k] = fma(v, load(b + k * C), sum[1][k]);
          sum[2][k] = fma(v, load(d + k * C), sum[2][k]);
        }
      }
      for (int64_t j = hi; j < OW; ++j) edge(j);
    }
    SYNFIRE_UNROLL for (int i = 0; i < 9; ++i) std::memcpy(dw + i * 16, &sum[i / 3][i % 3], sizeof(V));
    std::memcpy(db, &total, sizeof total);
  }

  // Any window, up to 8 channels: one tap after the other.
  void run_any(int64_t c, int64_t channels, float* dw) const {
    for (int64_t kh = 0; kh < s.KH; ++kh)
      for (int64_t kw = 0; kw < s.KW; ++kw, dw += 16) {
        int64_t lo = std::max<int64_t>(0, (s.PL - kw + s.SW - 1) / s.SW), hi = std::min(s.OW(), (s.W - 1 + s.PL - kw + s.SW) / s.SW);
        if (s.W - 1 + s.PL - kw < 0) hi = 0;
        for (int64_t h = first; h < last; ++h) {
          int64_t ih = h * s.SH - s.PT + kh;
          if (ih < 0 || ih >= s.H) continue;
          tap(x + (ih * s.W + lo * s.SW - s.PL + kw) * s.C + c, dy + (h * s.OW() + lo) * s.C + c, hi - lo, channels, dw);
        }
      }
  }
  void tap(const float* a, const float* g, int64_t count, int64_t channels, float* dw) const {
    int64_t step = s.SW * s.C;
    if (channels < 8) {
      for (int64_t j = 0; j < count; ++j)
        for (int64_t c = 0; c < channels; ++c) dw[c] += a[j * step + c] * g[j * s.C + c];
      return;
    }
    Vec sum[4] = {load(dw), Vec{}, Vec{}, Vec{}};
    int64_t j = 0;
    for (; j + 4 <= count; j += 4)
      SYNFIRE_UNROLL for (int i = 0; i < 4; ++i) sum[i] = fma(load(a + (j + i) * step), load(g + (j + i) * s.C), sum[i]);
    for (; j < count; ++j) sum[0] = fma(load(a + j * step), load(g + j * s.C), sum[0]);
    store(dw, (sum[0] + sum[1]) + (sum[2] + sum[3]));
  }

  void bias(int64_t c, int64_t channels, float* db) const {
    for (const float *g = dy + first * s.OW() * s.C + c, *end = dy + last * s.OW() * s.C; g < end; g += s.C)
      for (int64_t i = 0; i < channels; ++i) db[i] += g[i];
  }
};

}  // namespace

int64_t depthwise_scratch_floats(const ConvShape& s) { return s.W * s.C; }

void depthwise_weight_grad(const ConvShape& s, int64_t first, int64_t last, const float* x, const float* dy, float* dw, float* db,
                           float* scratch) {
  int64_t panels = (s.C + 15) / 16, rows = std::max<int64_t>(1, kBandFloats / ((s.W * s.SH + s.OW()) * s.C));
  std::memset(dw, 0, size_t(panels * s.K() * 16) * 4);
  std::memset(db, 0, size_t(panels * 16) * 4);
  std::memset(scratch, 0, size_t(depthwise_scratch_floats(s)) * 4);
  for (int64_t r = first, next; r < last; r = next) {
    int64_t n = r / s.OH(), h = r % s.OH();
    next = std::min({last, r + rows, (n + 1) * s.OH()});
    Band band{s, h, h + next - r, x + n * s.H * s.W * s.C, dy + n * s.OH() * s.OW() * s.C, scratch};
    bool small = s.KH == 3 && s.KW == 3;
    for (int64_t c = 0, taken; c < s.C; c += taken) {
      float* to = dw + c / 16 * s.K() * 16 + c % 16;
      taken = std::min<int64_t>(s.C - c, small && kLanes == 16 && s.C - c >= 16 ? 16 : 8);
      if (taken == 16) band.run_3x3<Word>(c, to, db + c);
      else if (small && taken == 8) band.run_3x3<Vec>(c, to, db + c);
      else band.run_any(c, taken, to), band.bias(c, taken, db + c);
    }
  }
}

}  // namespace synfire

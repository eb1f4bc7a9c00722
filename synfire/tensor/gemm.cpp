// The matrix kernels: tiles of 6 rows by 16 columns held in registers, panels streamed in the order in which they lie.
#include "synfire/tensor/gemm.h"

#include <algorithm>

#include "synfire/tensor/vec.h"

namespace synfire {
namespace {

constexpr int64_t kBlockK = 1024;  // longest run of k before the sums go back to memory
constexpr int64_t kChunk = 96;     // k rows of a weight gradient that are finished together: 6 KB
constexpr int64_t kBlockM = 512;   // rows of a weight gradient that are summed in registers

// Sums of MR rows by NV panels of 16: acc += x[i, k] * panel[q][k][j].
template <int MR, int NP>
struct Tile {
  Vec a[MR][NP * 2];

  inline __attribute__((always_inline)) void zero() {
    for (int i = 0; i < MR; ++i) for (int j = 0; j < NP * 2; ++j) a[i][j] = Vec{};
  }
  // x: row i at x + i * row_stride, step k at x + k * k_stride; panel q at w + q * panel_stride.
  inline __attribute__((always_inline)) void add(int64_t K, const float* x, int64_t row_stride, int64_t k_stride, const float* w, int64_t panel_stride) {
    for (int64_t k = 0; k < K; ++k) {
      Vec b[NP * 2];
#pragma GCC unroll 8
      for (int j = 0; j < NP * 2; ++j) b[j] = load(w + (j / 2) * panel_stride + k * 16 + (j & 1) * 8);
#pragma GCC unroll 8
      for (int i = 0; i < MR; ++i) {
        Vec v = splat(x[i * row_stride + k * k_stride]);
#pragma GCC unroll 8
        for (int j = 0; j < NP * 2; ++j) a[i][j] = fma(v, b[j], a[i][j]);
      }
    }
  }
};

void store_row(float* y, const Vec& lo, const Vec& hi, int64_t width) {
  if (width >= 16) {
    store(y, lo), store(y + 8, hi);
  } else {
    float t[16];
    store(t, lo), store(t + 8, hi);
    std::copy_n(t, width, y);
  }
}

struct Product {
  int64_t N, K;
  const float* x;
  int64_t ldx;
  const float *w, *bias;
  float* y;
  int64_t ldy;

  // One block of k: rows m …, panels p …; the first block starts from the bias, later ones from y.
  template <int MR, int NP>
  void tile(int64_t m, int64_t p, int64_t k0, int64_t k1) const {
    Tile<MR, NP> t;
    for (int q = 0; q < NP; ++q) {
      int64_t n = (p + q) * 16, width = std::min<int64_t>(16, N - n);
      for (int i = 0; i < MR; ++i) {
        float start[16] = {};
        const float* from = k0 ? y + (m + i) * ldy + n : bias ? bias + n : nullptr;
        if (from && width >= 16) { t.a[i][2 * q] = load(from), t.a[i][2 * q + 1] = load(from + 8); continue; }
        if (from) std::copy_n(from, width, start);
        t.a[i][2 * q] = load(start), t.a[i][2 * q + 1] = load(start + 8);
      }
    }
    t.add(k1 - k0, x + m * ldx + k0, ldx, 1, w + (p * K + k0) * 16, K * 16);
    for (int i = 0; i < MR; ++i)
      for (int q = 0; q < NP; ++q) store_row(y + (m + i) * ldy + (p + q) * 16, t.a[i][2 * q], t.a[i][2 * q + 1], N - (p + q) * 16);
  }

  template <int MR>
  void few_rows(const GemmSlice& s, int64_t k0, int64_t k1) const {  // several panels at once keep the multipliers busy
    constexpr int NP = MR == 1 ? 4 : MR == 2 ? 2 : 1;
    int64_t p = s.p0;
    for (; p + NP <= s.p1; p += NP) tile<MR, NP>(s.m0, p, k0, k1);
    for (; p < s.p1; ++p) tile<MR, 1>(s.m0, p, k0, k1);
  }

  void rows(int64_t m, int64_t m1, int64_t p, int64_t k0, int64_t k1) const {
    for (; m + 6 <= m1; m += 6) tile<6, 1>(m, p, k0, k1);
    switch (m1 - m) {
      case 5: tile<5, 1>(m, p, k0, k1); break;
      case 4: tile<4, 1>(m, p, k0, k1); break;
      case 3: tile<3, 1>(m, p, k0, k1); break;
      case 2: tile<2, 1>(m, p, k0, k1); break;
      case 1: tile<1, 1>(m, p, k0, k1); break;
    }
  }

  void run(const GemmSlice& s) const {
    for (int64_t k0 = 0; k0 < K || k0 == 0; k0 += kBlockK) {
      int64_t k1 = std::min(K, k0 + kBlockK);
      if (s.m1 - s.m0 == 1) few_rows<1>(s, k0, k1);
      else if (s.m1 - s.m0 == 2) few_rows<2>(s, k0, k1);
      else for (int64_t p = s.p0; p < s.p1; ++p) rows(s.m0, s.m1, p, k0, k1);
    }
  }
};

int64_t panels_of(int64_t N) { return (N + 15) / 16; }
bool by_rows(int64_t M, int64_t N) { return M >= 192 || panels_of(N) < 4; }

}  // namespace

int gemm_slices(int64_t M, int64_t N, int64_t) {
  int64_t n = by_rows(M, N) ? (M + 11) / 12 : panels_of(N);
  return static_cast<int>(std::clamp<int64_t>(n, 1, 16));
}

GemmSlice gemm_slice(int64_t M, int64_t N, int64_t K, int slice) {
  int slices = gemm_slices(M, N, K);
  int64_t P = panels_of(N);
  if (!by_rows(M, N)) return {0, M, P * slice / slices, P * (slice + 1) / slices};
  int64_t tiles = (M + 5) / 6;
  return {std::min(M, tiles * slice / slices * 6), std::min(M, tiles * (slice + 1) / slices * 6), 0, P};
}

void gemm_panels(const GemmSlice& s, int64_t N, int64_t K, const float* x, int64_t ldx, const float* w, const float* bias,
                 float* y, int64_t ldy, const Epilogue& epilogue) {
  if (s.m0 >= s.m1 || s.p0 >= s.p1) return;
  Product product{N, K, x, ldx, w, bias, y, ldy};
  if (!epilogue) return product.run(s);
  int64_t n0 = s.p0 * 16, n1 = std::min(N, s.p1 * 16);
  for (int64_t m = s.m0; m < s.m1; m += 48) {  // rows whose results stay in cache for the epilogue
    GemmSlice part{m, std::min(s.m1, m + 48), s.p0, s.p1};
    product.run(part);
    if (n0 == 0 && n1 == N) epilogue(y + part.m0 * N, part.m0 * N, (part.m1 - part.m0) * N);
    else for (int64_t r = part.m0; r < part.m1; ++r) epilogue(y + r * N + n0, r * N + n0, n1 - n0);
  }
}

int64_t sliver_floats(int64_t M, int64_t K) { return (K + 5) / 6 * M * 6; }

void pack_slivers(int64_t M, int64_t K, const float* x, int64_t ldx, float* slivers, int64_t first, int64_t last) {
  for (int64_t s = first; s < last; ++s) {
    float* to = slivers + s * M * 6;
    const float* from = x + s * 6;
    int64_t width = std::min<int64_t>(6, K - s * 6);
    if (width == 6) {
      for (int64_t m = 0; m < M; ++m, to += 6, from += ldx) std::memcpy(to, from, 24);
    } else {
      for (int64_t m = 0; m < M; ++m, to += 6, from += ldx)
        for (int i = 0; i < 6; ++i) to[i] = i < width ? from[i] : 0;
    }
  }
}

namespace {
int64_t chunks_of(int64_t K) { return (K + kChunk - 1) / kChunk; }
}

int weight_grad_slices(int64_t N, int64_t K) { return static_cast<int>(std::clamp<int64_t>(panels_of(N) * chunks_of(K), 1, 32)); }

int64_t weight_grad_scratch(int64_t M) { return M * 16 + kChunk * 16; }

void weight_grad(int slice, int64_t M, int64_t N, int64_t K, const float* slivers, const float* dy, int64_t ldy, float* dw,
                 float* scratch, const Epilogue& epilogue) {
  int slices = weight_grad_slices(N, K);
  int64_t units = panels_of(N) * chunks_of(K), packed = -1;
  float *panel = scratch, *spare = scratch + M * 16;
  for (int64_t u = units * slice / slices; u < units * (slice + 1) / slices; ++u) {
    int64_t p = u / chunks_of(K), k0 = u % chunks_of(K) * kChunk, k1 = std::min(K, k0 + kChunk), n = p * 16;
    if (p != packed) {  // the 16 columns of dy side by side, missing ones zero
      int64_t width = std::min<int64_t>(16, N - n);
      for (int64_t m = 0; m < M; ++m) {
        const float* from = dy + m * ldy + n;
        float* to = panel + m * 16;
        if (width == 16) store(to, load(from)), store(to + 8, load(from + 8));
        else for (int j = 0; j < 16; ++j) to[j] = j < width ? from[j] : 0;
      }
      packed = p;
    }
    int64_t offset = (p * K + k0) * 16;
    float* out = dw ? dw + offset : spare;
    for (int64_t m0 = 0; m0 < M || m0 == 0; m0 += kBlockM) {
      int64_t rows = std::min(kBlockM, M - m0);
      for (int64_t k = k0; k < k1; k += 6) {
        Tile<6, 1> t;
        float* to = out + (k - k0) * 16;
        int64_t width = std::min<int64_t>(6, k1 - k);
        t.zero();
        if (m0) for (int i = 0; i < 6; ++i) if (i < width) t.a[i][0] = load(to + i * 16), t.a[i][1] = load(to + i * 16 + 8);
        t.add(rows, slivers + k / 6 * M * 6 + m0 * 6, 1, 6, panel + m0 * 16, 0);
        for (int i = 0; i < 6; ++i) if (i < width) store(to + i * 16, t.a[i][0]), store(to + i * 16 + 8, t.a[i][1]);
      }
    }
    epilogue(out, offset, (k1 - k0) * 16);
  }
}

}  // namespace synfire

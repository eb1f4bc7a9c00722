// Products with a matrix in panels: tiles of a few rows by 16 or 32 columns held in registers, panels streamed in the order in which they lie.
#include "synfire/tensor/gemm.h"

#include "synfire/tensor/gemm_narrow.h"

namespace synfire {
namespace {

constexpr int64_t kBlockK = 400;  // steps of k at most between visits to memory: 25 KB of a panel
constexpr int64_t kBlockM = kLanes == 16 ? 256 : 128;  // rows of x that share a block of k: 400 or 200 KB, which stay in L2
constexpr int64_t kFar = 1 << 20;  // a matrix of more floats is fetched ahead of its use: it lies beyond L2

int64_t panels_of(int64_t N) { return (N + 15) / 16; }

struct Product {
  int64_t N, K;
  const float* x;
  int64_t ldx;
  const float *w, *bias;
  float* y;
  int64_t ldy;

  // Rows m …, columns from panel p on, one block of k: the first starts from the bias, later ones are added to y. The width of a whole
  // tile is a constant: a choice by width where sums are stored would keep them in memory.
  template <int MR, int Columns>
  SYNFIRE_INNER void tile(int64_t m, int64_t p, int64_t k0, int64_t k1) const {
    if (N - p * 16 >= Columns) tile<MR, Columns>(m, p, k0, k1, Columns);
    else tile<MR, Columns>(m, p, k0, k1, N - p * 16);
  }
  template <int MR, int Columns>
  SYNFIRE_INNER void tile(int64_t m, int64_t p, int64_t k0, int64_t k1, int64_t width) const {
    Tile<MR, Columns> t;
    int64_t n = p * 16;
    float* to = y + m * ldy + n;
    if (k0 == 0 && bias) t.set_rows(bias + n, width);
    else t.clear();
    if (k0) t.prefetch(to, ldy);
    t.add(k1 - k0, x + m * ldx + k0, ldx, 1, w + (p * K + k0) * 16, K * 16);
    if (k0) t.add_from(to, ldy, width);
    t.store_to(to, ldy, width);
  }

  template <int MR>
  void few_rows(int64_t m, int64_t p, int64_t p1, int64_t k0, int64_t k1) const {  // several panels at once: 8 sums or more under way
    constexpr int kWide = std::min(64, (MR == 1 ? 8 : 4) * kLanes);
    if constexpr (kWide > 16) for (; p + kWide / 16 <= p1; p += kWide / 16) tile<MR, kWide>(m, p, k0, k1);
    for (; p < p1; ++p) tile<MR, 16>(m, p, k0, k1);
  }

  // The panels of a tile. Meanwhile the next ones, if any, come closer, a share with each tile.
  template <int Columns>
  void rows(int64_t m0, int64_t m1, int64_t p, int64_t k0, int64_t k1, const float* next) const {
    int64_t share = next ? (k1 - k0) * kTileRows / (m1 - m0) + 1 : 0;
    for_tiles<kTileRows>(m0, m1, [&]<int MR>(int64_t m) __attribute__((always_inline)) {
      for (int64_t i = 0; i < share; ++i)
        for (int j = 0; j < Columns; j += 16) __builtin_prefetch(next + (j * K + i * 16), 0, 2);
      next += share * 16;
      tile<MR, Columns>(m, p, k0, k1);
    });
  }

  void narrow(int64_t m0, int64_t m1, int64_t p, int64_t k0, int64_t k1) const {
    static constexpr float kNoBias[16] = {};
    float* to = y + p * 16;
    const float* from = k0 ? to + m0 * ldy : bias ? bias + p * 16 : kNoBias;
    narrow_product<kBlockK>(m1 - m0, k1 - k0, x + m0 * ldx + k0, ldx, w + (p * K + k0) * 16, from, k0 ? ldy : 0, to + m0 * ldy, ldy, N - p * 16);
  }

  void block(const GemmSlice& s, int64_t k0, int64_t k1) const {
    constexpr int kPanels = kTileColumns / 16;
    bool far = N * K > kFar, narrow_end = N - (s.p1 - 1) * 16 <= kNarrow;
    int64_t p = s.p0, p1 = narrow_end ? s.p1 - 1 : s.p1;
    switch (s.m1 - s.m0) {
      case 1: few_rows<1>(s.m0, p, p1, k0, k1); break;
      case 2: few_rows<2>(s.m0, p, p1, k0, k1); break;
      case 3: few_rows<3>(s.m0, p, p1, k0, k1); break;
      default:
        for (; p + kPanels <= p1; p += kPanels)
          rows<kTileColumns>(s.m0, s.m1, p, k0, k1, far && p + 2 * kPanels <= p1 ? w + ((p + kPanels) * K + k0) * 16 : nullptr);
        for (; p < p1; ++p) rows<16>(s.m0, s.m1, p, k0, k1, nullptr);
    }
    if (narrow_end) narrow(s.m0, s.m1, p1, k0, k1);
  }

  void run(const GemmSlice& s) const {
    int64_t blocks = std::max<int64_t>(1, (K + kBlockK - 1) / kBlockK);
    for (int64_t i = 0; i < blocks; ++i) block(s, K * i / blocks, K * (i + 1) / blocks);
  }
};

// Groups of rows times groups of panels. Groups of rows have 96 rows or more where there are enough panels to share out.
struct Grid { int64_t rows, columns, unit; };  // unit: panels that stay together
Grid grid(int64_t M, int64_t N, int64_t K) {
  Grid g{1, 1, M < 4 ? 4 : 2};
  int64_t most = std::clamp<int64_t>(M * panels_of(N) * 16 * K >> 16, 1, 16);  // slices of 130 kFLOP or more
  while (g.rows * 2 * 96 <= M && g.rows * 2 <= most) g.rows *= 2;
  g.columns = std::clamp<int64_t>(most / g.rows, 1, std::max<int64_t>(1, (panels_of(N) + g.unit - 1) / g.unit));
  int64_t least = N <= kNarrow ? 64 : 24;  // a slice of a narrow product weaves the panel anew
  g.rows = std::clamp<int64_t>(most / g.columns, 1, std::max<int64_t>(1, M / least));
  return g;
}

}  // namespace

int gemm_slices(int64_t M, int64_t N, int64_t K) {
  Grid g = grid(M, N, K);
  return static_cast<int>(g.rows * g.columns);
}

GemmSlice gemm_slice(int64_t M, int64_t N, int64_t K, int slice) {
  Grid g = grid(M, N, K);
  int64_t P = panels_of(N), units = (P + g.unit - 1) / g.unit, tiles = (M + 5) / 6, r = slice / g.columns, c = slice % g.columns;
  return {std::min(M, tiles * r / g.rows * 6), std::min(M, tiles * (r + 1) / g.rows * 6),
          std::min(P, units * c / g.columns * g.unit), std::min(P, units * (c + 1) / g.columns * g.unit)};
}

void gemm_panels(const GemmSlice& s, int64_t N, int64_t K, const float* x, int64_t ldx, const float* w, const float* bias,
                 float* y, int64_t ldy, const Epilogue& epilogue) {
  if (s.m0 >= s.m1 || s.p0 >= s.p1) return;
  Product product{N, K, x, ldx, w, bias, y, ldy};
  int64_t n0 = s.p0 * 16, n1 = std::min(N, s.p1 * 16);
  for (int64_t m = s.m0; m < s.m1; m += kBlockM) {
    GemmSlice part{m, std::min(s.m1, m + kBlockM), s.p0, s.p1};
    product.run(part);
    if (!epilogue) continue;
    if (n0 == 0 && n1 == N) epilogue(y + part.m0 * N, part.m0 * N, (part.m1 - part.m0) * N);
    else for (int64_t r = part.m0; r < part.m1; ++r) epilogue(y + r * N + n0, r * N + n0, n1 - n0);
  }
}

}  // namespace synfire

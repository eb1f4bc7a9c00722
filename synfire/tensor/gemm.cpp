// Products with a matrix in panels: tiles of 6 rows by 16 columns held in registers, panels streamed in the order in which they lie.
#include "synfire/tensor/gemm.h"

#include "synfire/tensor/gemm_tile.h"

namespace synfire {
namespace {

constexpr int64_t kBlockK = 384;  // steps of k between visits to memory: 24 KB of a panel, which stay in L1
constexpr int64_t kBlockM = 96;   // rows of x that share a block of k: 144 KB, which stay in L2

int64_t panels_of(int64_t N) { return (N + 15) / 16; }

struct Product {
  int64_t N, K;
  const float* x;
  int64_t ldx;
  const float *w, *bias;
  float* y;
  int64_t ldy;

  // Rows m …, vectors of columns from panel p on, one block of k: the first starts from the bias, later ones from y.
  template <int MR, int NV>
  SYNFIRE_INNER void tile(int64_t m, int64_t p, int64_t k0, int64_t k1) const {
    Tile<MR, NV> t;
    int64_t n = p * 16, width = N - n;
    float* to = y + m * ldy + n;
    if (k0) t.load_from(to, ldy, width);
    else if (bias) t.load_from(bias + n, 0, width);
    else t.clear();
    t.add(k1 - k0, x + m * ldx + k0, ldx, 1, w + (p * K + k0) * 16, K * 16);
    t.store_to(to, ldy, width);
  }

  template <int MR>
  void few_rows(int64_t m, int64_t p, int64_t p1, int64_t k0, int64_t k1) const {  // several panels at once: 8 sums or more under way
    constexpr int NP = MR == 1 ? 4 : 2;
    for (; p + NP <= p1; p += NP) tile<MR, NP * 2>(m, p, k0, k1);
    for (; p < p1; ++p) tile<MR, 2>(m, p, k0, k1);
  }

  template <int NV>
  void rows(int64_t m0, int64_t m1, int64_t p, int64_t k0, int64_t k1) const {
    for_tiles(m0, m1, [&]<int MR>(int64_t m) { tile<MR, NV>(m, p, k0, k1); });
  }

  void block(const GemmSlice& s, int64_t k0, int64_t k1) const {
    switch (s.m1 - s.m0) {
      case 1: return few_rows<1>(s.m0, s.p0, s.p1, k0, k1);
      case 2: return few_rows<2>(s.m0, s.p0, s.p1, k0, k1);
      case 3: return few_rows<3>(s.m0, s.p0, s.p1, k0, k1);
      default:
        for (int64_t p = s.p0; p < s.p1; ++p)
          if (N - p * 16 > 8) rows<2>(s.m0, s.m1, p, k0, k1);
          else rows<1>(s.m0, s.m1, p, k0, k1);
    }
  }

  void run(const GemmSlice& s) const {
    for (int64_t k0 = 0; k0 < K || k0 == 0; k0 += kBlockK) block(s, k0, std::min(K, k0 + kBlockK));
  }
};

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

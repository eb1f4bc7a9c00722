// The weight gradient xᵀ dy, straight into panels, chunk by chunk so that an optimizer can take each one from L1.
#include "synfire/tensor/gemm.h"
#include "synfire/tensor/gemm_tile.h"

namespace synfire {
namespace {

constexpr int64_t kChunk = 96;            // rows of the gradient's panel that are finished together: 6 KB
constexpr int64_t kBlockM = 256;          // rows of x and dy that are summed in registers: 16 KB of dy's panel, which stay in L1
constexpr int64_t kLarge = 1 << 18;       // slivers beyond 1 MB do not stay in L2

int64_t panels_of(int64_t N) { return (N + 15) / 16; }
int64_t chunks_of(int64_t K) { return (K + kChunk - 1) / kChunk; }

// Columns n … n + 15 of dy side by side, missing ones zero.
void pack_columns(int64_t M, int64_t N, int64_t n, const float* dy, int64_t ldy, float* panel) {
  int64_t width = std::min<int64_t>(16, N - n);
  const float* from = dy + n;
  for (int64_t m = 0; m < M; ++m, from += ldy, panel += 16) {
    if (width == 16) store(panel, load(from)), store(panel + 8, load(from + 8));
    else for (int j = 0; j < 16; ++j) panel[j] = j < width ? from[j] : 0;
  }
}

template <int MR, int NV>
SYNFIRE_INNER void tile(int64_t M, int64_t m0, const float* sliver, const float* panel, float* to) {
  Tile<MR, NV> t;
  if (m0) t.load_from(to, 16, NV * 8);
  else t.clear();
  t.add(std::min(kBlockM, M - m0), sliver + m0 * 6, 1, 6, panel + m0 * 16, 0);
  t.store_to(to, 16, NV * 8);
}

// k rows [k0, k1) of one panel of the gradient, to `out`; k0 is a multiple of 6.
void chunk(int64_t M, int64_t k0, int64_t k1, const float* slivers, const float* panel, float* out) {
  for (int64_t m0 = 0; m0 < M || m0 == 0; m0 += kBlockM)
    for (int64_t k = k0; k < k1; k += 6) {
      const float* sliver = slivers + k * M;
      float* to = out + (k - k0) * 16;
      switch (std::min<int64_t>(6, k1 - k)) {
        case 6: tile<6, 2>(M, m0, sliver, panel, to); break;
        case 5: tile<5, 2>(M, m0, sliver, panel, to); break;
        case 4: tile<4, 2>(M, m0, sliver, panel, to); break;
        case 3: tile<3, 2>(M, m0, sliver, panel, to); break;
        case 2: tile<2, 2>(M, m0, sliver, panel, to); break;
        default: tile<1, 2>(M, m0, sliver, panel, to);
      }
    }
}

void copy_sliver(int64_t rows, const float* from, int64_t ldx, int64_t width, float* to) {
  for (int64_t m = 0; m < rows; ++m, to += 6, from += ldx) {
    if (width == 6) std::memcpy(to, from, 24);
    else for (int i = 0; i < 6; ++i) to[i] = i < width ? from[i] : 0;
  }
}

}  // namespace

int64_t sliver_floats(int64_t M, int64_t K) { return (K + 5) / 6 * M * 6; }

void pack_slivers(int64_t M, int64_t K, const float* x, int64_t ldx, float* slivers, int64_t first, int64_t last) {
  constexpr int64_t kRows = 8;  // as many rows as one cache line of each fits L1 even where their addresses collide
  for (int64_t m = 0; m < M; m += kRows) {
    int64_t rows = std::min(kRows, M - m);
    for (int64_t s = first; s < last; ++s) {
      const float* from = x + m * ldx + s * 6;
      float* to = slivers + (s * M + m) * 6;
      int64_t width = std::min<int64_t>(6, K - s * 6);
      if (rows == kRows && width == 6) copy_sliver(kRows, from, ldx, 6, to);
      else copy_sliver(rows, from, ldx, width, to);
    }
  }
}

int weight_grad_slices(int64_t N, int64_t K) { return static_cast<int>(std::clamp<int64_t>(panels_of(N) * chunks_of(K), 1, 32)); }

int64_t weight_grad_scratch(int64_t M) { return M * 16 + kChunk * 16; }

void weight_grad(int slice, int64_t M, int64_t N, int64_t K, const float* slivers, const float* dy, int64_t ldy, float* dw,
                 float* scratch, const Epilogue& epilogue) {
  int slices = weight_grad_slices(N, K);
  int64_t P = panels_of(N), C = chunks_of(K), units = P * C, packed = -1;
  bool large = M * K > kLarge;  // then a chunk's slivers serve all panels before the next chunk; else panels go in stored order
  float *panel = scratch, *spare = scratch + M * 16;
  for (int64_t u = units * slice / slices; u < units * (slice + 1) / slices; ++u) {
    int64_t p = large ? u % P : u / C, c = large ? u / P : u % C, k0 = c * kChunk, k1 = std::min(K, k0 + kChunk);
    if (p != packed) pack_columns(M, N, p * 16, dy, ldy, panel), packed = p;
    int64_t offset = (p * K + k0) * 16;
    float* out = dw ? dw + offset : spare;
    chunk(M, k0, k1, slivers, panel, out);
    epilogue(out, offset, (k1 - k0) * 16);
  }
}

}  // namespace synfire

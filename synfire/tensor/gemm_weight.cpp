// The weight gradient xᵀ dy, straight into panels, chunk by chunk so that an optimizer can take each one from L1.
#include <cstring>

#include "synfire/tensor/gemm.h"
#include "synfire/tensor/gemm_tile.h"

namespace synfire {
namespace {

constexpr int64_t kChunk = 96;            // rows of the gradient's panel that are finished together: 6 KB
constexpr int64_t kBlockM = 256;          // rows of x and dy that are summed in registers: 16 KB of dy's panel, which stay in L1
constexpr int64_t kNarrow = 12;           // columns of dy up to which features fill the vectors
constexpr int64_t kGroup = 8;             // panels that share a chunk's slivers where slivers are large; half as many elsewhere
constexpr int64_t kNear = kLanes == 16 ? INT64_MAX : 128;  // columns of dy up to which it is read in place; narrow tiles pass over it too often
constexpr int64_t kLarge = 1 << 18;       // slivers beyond 1 MB do not stay in L2

int64_t panels_of(int64_t N) { return (N + 15) / 16; }
int64_t slivers_of(int64_t K) { return (K + 5) / 6; }
int64_t chunks_of(int64_t K) { return (K + kChunk - 1) / kChunk; }

// `count` panels' columns of dy from column n on: [count][M][16], missing columns zero.
void pack_columns(int64_t M, int64_t N, int64_t n, int64_t count, const float* dy, int64_t ldy, float* panels) {
  const float* from = dy + n;
  for (int64_t m = 0; m < M; ++m, from += ldy) {
    if (m + 16 < M) for (int64_t g = 0; g < count; ++g) __builtin_prefetch(from + 16 * ldy + g * 16);  // rows may be pages apart
    for (int64_t g = 0; g < count; ++g) {
      float* to = panels + (g * M + m) * 16;
      int64_t width = N - n - g * 16;
      if (width >= 16) store(to, load(from + g * 16)), store(to + 8, load(from + g * 16 + 8));
      else for (int j = 0; j < 16; ++j) to[j] = j < width ? from[g * 16 + j] : 0;
    }
  }
}

// Where the rows from m0 on, a multiple of kBlockM, of sliver s lie.
int64_t sliver_offset(int64_t M, int64_t K, int64_t m0, int64_t s) {
  return (m0 * slivers_of(K) + std::min(kBlockM, M - m0) * s) * 6;
}

// A chunk of up to kChunk k rows of the gradient's panels, from `rows` rows of x and dy.
struct Chunk {
  int64_t rows, k;           // how many of x and dy; how many of the gradient
  bool first;                // or else what is there is added to
  const float* x;            // six columns …
  int64_t x_row, x_next;     // floats from a row to the next; to the next six columns
  const float* dy;           // panels of 16 columns …
  int64_t dy_row, dy_panel;  // floats from a row to the next; to the next panel
  float* out;                // panels [k][16]
  int64_t out_panel;
  const float *next_x = nullptr, *next_dy = nullptr;  // where the block after this one lies, if it is to come closer meanwhile

  // A share of the rows of the next block: of x where it is read in place, and of `panels` panels of dy.
  void prefetch(int64_t share, int64_t shares, int64_t panels) const {
    for (int64_t m = rows * share / shares; m < rows * (share + 1) / shares; ++m) {
      if (next_x) for (int64_t i = 0; i < kChunk; i += 16) __builtin_prefetch(next_x + m * x_row + i, 0, 2);
      for (int64_t g = 0; g < panels; ++g) __builtin_prefetch(next_dy + g * dy_panel + m * dy_row, 0, 2);
    }
  }

  template <int Columns>
  void run() const {  // `Columns / 16` panels
    const float* from = x;
    float* to = out;
    auto tile = [&]<int Most>() __attribute__((always_inline)) {
      for_tiles<std::min(6, kTileRows)>(0, Most, [&]<int MR>(int64_t i) __attribute__((always_inline)) {
        Tile<MR, Columns> t;
        t.clear();
        t.add(rows, from + i, 1, x_row, dy, dy_panel, dy_row);
        if (!first) t.add_panels(to + i * 16, out_panel);
        t.store_panels(to + i * 16, out_panel);
      });
    };
    int64_t shares = (k + 5) / 6;
    for (int64_t i = 0; i < k; i += 6, from += x_next, to += 96) {
      if (next_dy) prefetch(i / 6, shares, Columns / 16);
      switch (std::min<int64_t>(6, k - i)) {
        case 6: tile.template operator()<6>(); break;
        case 5: tile.template operator()<5>(); break;
        case 4: tile.template operator()<4>(); break;
        case 3: tile.template operator()<3>(); break;
        case 2: tile.template operator()<2>(); break;
        default: tile.template operator()<1>();
      }
    }
  }
  template <int Columns>
  int64_t take(int64_t panels) {  // in tiles of Columns while there are as many; returns how many are left
    for (; panels >= Columns / 16; panels -= Columns / 16, dy += Columns / 16 * dy_panel, out += Columns / 16 * out_panel) {
      run<Columns>();
      if (next_dy) next_dy += Columns / 16 * dy_panel, next_x = nullptr;
    }
    return panels;
  }
  void run(int64_t panels) {
    if constexpr (kLanes == 16) panels = take<32>(take<64>(panels));
    take<16>(panels);
  }
};

// 12 columns or fewer would waste a quarter of each vector and more: there features fill the vectors, x is read in
// place, and squares of 16 features by 16 columns are turned into the panel. k rows [k0, k1), to `out`.
void narrow_chunk(int64_t M, int64_t columns, const float* x, int64_t ldx, const float* dy, int64_t ldy, int64_t k0, int64_t k1, float* out) {
  constexpr int64_t kRows = 128;  // of x that are visited for all columns in turn
  for (int64_t k = k0; k < k1; k += 16) {
    int64_t features = std::min<int64_t>(16, k1 - k);
    alignas(64) float square[16][16] = {}, turned[16][16];
    for (int64_t m0 = 0; m0 < M; m0 += kRows) {
      int64_t rows = std::min(kRows, M - m0);
      alignas(64) float padded[kRows][16];  // features that do not exist must not be read
      const float* from = x + m0 * ldx + k;
      if (features < 16)
        for (int64_t m = 0; m < rows; ++m) for (int64_t f = 0; f < 16; ++f) padded[m][f] = f < features ? from[m * ldx + f] : 0;
      for_tiles<kTileRows>(0, columns, [&]<int MR>(int64_t c) __attribute__((always_inline)) {
        Tile<MR, 16> t;
        t.clear();
        const float* d = dy + m0 * ldy + c;
        if (features < 16) t.add(rows, d, 1, ldy, padded[0], 0, 16);
        else t.add(rows, d, 1, ldy, from, 0, ldx);
        if (m0) t.add_from(square[c], 16, 16);
        t.store_to(square[c], 16, 16);
      });
    }
    for (int i = 0; i < 16; i += 8)
      for (int j = 0; j < 16; j += 8) turn_8x8(&square[i][j], 16, &turned[j][i], 16);
    std::memcpy(out + (k - k0) * 16, turned, static_cast<size_t>(features) * 64);
  }
}

template <int Rows>
SYNFIRE_INNER void copy_sliver(const float* from, int64_t ldx, float* to) {
  SYNFIRE_UNROLL for (int m = 0; m < Rows; ++m) std::memcpy(to + m * 6, from + m * ldx, 24);
}

}  // namespace

int64_t sliver_floats(int64_t M, int64_t K) { return slivers_of(K) * M * 6; }

void pack_slivers(int64_t M, int64_t K, const float* x, int64_t ldx, float* slivers, int64_t first, int64_t last) {
  constexpr int64_t kRows = 8;  // a cache line of each of so many rows fits L1 even where their addresses collide
  for (int64_t m = 0; m < M; m += kRows) {
    int64_t rows = std::min(kRows, M - m), m0 = m / kBlockM * kBlockM;
    for (int64_t s = first; s < last; ++s) {
      float* to = slivers + sliver_offset(M, K, m0, s) + (m - m0) * 6;
      const float* from = x + m * ldx + s * 6;
      int64_t width = std::min<int64_t>(6, K - s * 6);
      if (rows == kRows && width == 6) { copy_sliver<kRows>(from, ldx, to); continue; }
      for (int64_t r = 0; r < rows; ++r)
        for (int i = 0; i < 6; ++i) to[r * 6 + i] = i < width ? from[r * ldx + i] : 0;
    }
  }
}

// Panels go in stored order, chunk after chunk, as an optimizer's slots like it. Four panels go together as
// they fill a tile, and eight where slivers are large, so that these come from beyond L2 once for the eight.
namespace {
struct Units { int64_t panels, chunks, group; };  // group: panels a unit
Units units_of(int64_t M, int64_t N, int64_t K) {
  int64_t group = M * K > kLarge && (M <= 1024 || weight_grad_packs(M, N, K)) && N > kNarrow ? kGroup : N > kNarrow ? kGroup / 2 : 1;
  return {(panels_of(N) + group - 1) / group, chunks_of(K), group};
}
}  // namespace

int weight_grad_slices(int64_t N, int64_t K) { return static_cast<int>(std::clamp<int64_t>(panels_of(N) * chunks_of(K), 1, 16)); }

int64_t weight_grad_scratch(int64_t M) { return (M + kChunk) * 16 * kGroup; }

bool weight_grad_packs(int64_t M, int64_t N, int64_t K) {
  return N > kNarrow && (K % 1024 == 0 || (kLanes < 16 && M * K > 2 * kLarge));
}

void weight_grad(int slice, int64_t M, int64_t N, int64_t K, const float* x, int64_t ldx, const float* slivers, const float* dy, int64_t ldy, float* dw,
                 float* scratch, const Epilogue& epilogue) {
  Units units = units_of(M, N, K);
  int slices = weight_grad_slices(N, K);
  int64_t all = units.panels * units.chunks, packed = -1;
  bool packs = weight_grad_packs(M, N, K), far = M * K > kLarge;
  float *panels = scratch, *spare = scratch + M * 16 * kGroup;
  for (int64_t u = all * slice / slices; u < all * (slice + 1) / slices; ++u) {
    int64_t p = u / units.chunks * units.group, k0 = u % units.chunks * kChunk, k1 = std::min(K, k0 + kChunk);
    int64_t width = std::min(units.group, panels_of(N) - p), in_place = N <= kNear ? std::min(width, N / 16 - p) : 0;
    if (N <= kNarrow) {
      float* out = dw ? dw + k0 * 16 : spare;
      narrow_chunk(M, N, x, ldx, dy, ldy, k0, k1, out);
      epilogue(out, k0 * 16, (k1 - k0) * 16);
      continue;
    }
    if (in_place < width && p != packed) pack_columns(M, N, (p + in_place) * 16, width - in_place, dy, ldy, panels), packed = p;
    int64_t out_panel = dw ? K * 16 : kChunk * 16;
    auto out = [&](int64_t g) { return (dw ? dw + (p * K + k0) * 16 : spare) + g * out_panel; };
    for (int64_t m0 = 0; m0 < M || m0 == 0; m0 += kBlockM) {
      int64_t rows = std::min(kBlockM, M - m0);
      Chunk chunk{rows, k1 - k0, m0 == 0, x + m0 * ldx + k0, ldx, 6, dy + m0 * ldy + p * 16, ldy, 16, out(0), out_panel};
      if (packs) chunk.x = slivers + sliver_offset(M, K, m0, k0 / 6), chunk.x_row = 6, chunk.x_next = rows * 6;
      bool more = m0 + 2 * kBlockM <= M, right = m0 + kBlockM >= M && k1 + kChunk <= K;
      if (far && (more || right)) {
        int64_t n0 = more ? m0 + kBlockM : 0;
        chunk.next_dy = dy + n0 * ldy + p * 16;
        if (!packs) chunk.next_x = x + n0 * ldx + (more ? k0 : k1);
      }
      chunk.run(in_place);
      chunk.dy = panels + m0 * 16, chunk.dy_row = 16, chunk.dy_panel = M * 16, chunk.next_dy = nullptr;
      chunk.run(width - in_place);
    }
    for (int64_t g = 0; g < width; ++g) epilogue(out(g), ((p + g) * K + k0) * 16, (k1 - k0) * 16);
  }
}

}  // namespace synfire

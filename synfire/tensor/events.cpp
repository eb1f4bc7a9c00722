// Sums over what is not zero.
#include "synfire/tensor/events.h"

#include <algorithm>

#include "synfire/tensor/gemm_tile.h"

namespace synfire {
namespace {

constexpr int64_t kBlockK = 400;       // as in gemm.cpp: sums of so many k are added up, in the same order
constexpr int64_t kBlockM = 128;       // rows whose epilogue runs at once
constexpr int kColumns = 64;           // of y at once
constexpr double kDense = 0.15;        // from here on whole products are faster

// One row, `Columns` columns from panel p on.
template <int Columns>
SYNFIRE_INNER void row(const Events& x, int64_t m, int64_t p, int64_t N, const float* w, const float* bias, float* to) {
  Tile<1, Columns> sum, part;
  int64_t panel = x.K * 16, width = N - p * 16, blocks = std::max<int64_t>(1, (x.K + kBlockK - 1) / kBlockK);
  const int32_t *at = x.at + m * x.room, *end = at + x.count[m];
  const float *value = x.value + m * x.room, *from = w + p * panel;
  if (bias) sum.set_rows(bias + p * 16, width);
  else sum.clear();
  for (int64_t i = 0; i < blocks; ++i) {
    int64_t last = x.K * (i + 1) / blocks;
    if (i > 0) part = sum, sum.clear();
    for (; at < end && *at < last; ++at, ++value) sum.add_step([&](int) __attribute__((always_inline)) { return *value; }, from + int64_t{*at} * 16, panel);
    if (i > 0) SYNFIRE_UNROLL for (int j = 0; j < Tile<1, Columns>::kWords; ++j) sum.a[0][j] += part.a[0][j];
  }
  if (width >= Columns) sum.store_to(to, 0, Columns);
  else sum.store_to(to, 0, width);
}

struct Entry { int32_t m; float v; };

}  // namespace

int64_t Events::bytes(int64_t M, int64_t K) { return M * 4 + M * (K / 3 + 16) * 8 + 128; }

Events::Events(int64_t M, int64_t K, void* memory) : M(M), K(K), room(K / 3 + 16) {
  count = static_cast<int32_t*>(memory);
  at = count + (M + 15) / 16 * 16;
  value = reinterpret_cast<float*>(at + M * room);
}

void Events::gather(const float* x, int64_t first, int64_t last) {
  for (int64_t m = first; m < last; ++m) {
    const float* from = x + m * K;
    int32_t *to = at + m * room, n = 0;
    float* v = value + m * room;
    int64_t k = 0;
#ifdef __AVX512F__
    const __m512i step = _mm512_set1_epi32(16);
    __m512i number = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (; k + 16 <= K && n + 16 <= room; k += 16, number = _mm512_add_epi32(number, step)) {
      __m512 w = _mm512_loadu_ps(from + k);
      __mmask16 some = _mm512_cmp_ps_mask(w, _mm512_setzero_ps(), _CMP_NEQ_UQ);
      if (!some) continue;
      _mm512_mask_compressstoreu_epi32(to + n, some, number);
      _mm512_mask_compressstoreu_ps(v + n, some, w);
      n += __builtin_popcount(some);
    }
#endif
    for (; k < K && n < room; ++k) {  // no branch: entries are written, and count when they are not zero
      to[n] = int32_t(k), v[n] = from[k];
      n += from[k] != 0;
    }
    for (; k < K; ++k) if (from[k] != 0) { n = int32_t(room) + 1; break; }
    count[m] = n;
  }
}

bool Events::sparse(int64_t first, int64_t last) const {
  int64_t all = 0;
  for (int64_t m = first; m < last; ++m) {
    if (count[m] > room) return false;
    all += count[m];
  }
  return double(all) < kDense * double((last - first) * K);
}

void events_panels(const GemmSlice& s, int64_t N, const Events& x, const float* w, const float* bias, float* y, int64_t ldy, const Epilogue& epilogue) {
  constexpr int kPanels = kColumns / 16;
  int64_t n0 = s.p0 * 16, n1 = std::min(N, s.p1 * 16);
  for (int64_t m0 = s.m0; m0 < s.m1; m0 += kBlockM) {
    int64_t m1 = std::min(s.m1, m0 + kBlockM), p = s.p0;
    for (; p + kPanels <= s.p1; p += kPanels)
      for (int64_t m = m0; m < m1; ++m) row<kColumns>(x, m, p, N, w, bias, y + m * ldy + p * 16);
    for (; p < s.p1; ++p)
      for (int64_t m = m0; m < m1; ++m) row<16>(x, m, p, N, w, bias, y + m * ldy + p * 16);
    if (!epilogue) continue;
    if (n0 == 0 && n1 == N) epilogue(y + m0 * N, m0 * N, (m1 - m0) * N);
    else for (int64_t m = m0; m < m1; ++m) epilogue(y + m * N + n0, m * N + n0, n1 - n0);
  }
}

int events_weight_slices(int64_t K) { return int(std::clamp<int64_t>(K / 16, 1, 16)); }

int64_t events_weight_scratch(int64_t M, int64_t K) {
  int64_t slices = events_weight_slices(K), width = (K + slices - 1) / slices;
  return (width + 1) * 4 + 64 + width * kColumns * 4 + M * std::min(width, K / 3 + 16) * int64_t(sizeof(Entry));
}

void events_weight(int slice, int64_t N, const Events& x, const float* dy, int64_t ldy, float* dw, void* scratch, const Epilogue& epilogue) {
  int64_t slices = events_weight_slices(x.K), k0 = x.K * slice / slices, k1 = x.K * (slice + 1) / slices, width = k1 - k0;
  int32_t* first = static_cast<int32_t*>(scratch);          // of each k: where its entries begin
  float* spare = reinterpret_cast<float*>(first + (width + 16) / 16 * 16);  // kColumns columns, where dw has no place
  Entry* entries = reinterpret_cast<Entry*>(spare + width * kColumns);
  std::fill_n(first, width + 1, 0);
  auto each = [&](auto f) {
    for (int64_t m = 0; m < x.M; ++m) {
      const int32_t *begin = x.at + m * x.room, *end = begin + x.count[m];
      for (const int32_t* at = std::lower_bound(begin, end, int32_t(k0)); at < end && *at < k1; ++at) f(m, *at - k0, x.value[at - x.at]);
    }
  };
  each([&](int64_t, int64_t k, float) { ++first[k + 1]; });
  for (int64_t k = 0; k < width; ++k) first[k + 1] += first[k];
  each([&](int64_t m, int64_t k, float v) { entries[first[k]++] = {int32_t(m), v}; });  // now first[k] is where they end
  int64_t p = 0;
  auto panels = [&]<int Columns>() __attribute__((always_inline)) {
    constexpr int kPanels = Columns / 16;
    float* to = dw ? dw + (p * x.K + k0) * 16 : spare;
    int64_t apart = (dw ? x.K : width) * 16, columns = std::min<int64_t>(Columns, N - p * 16);
    for (int64_t k = 0; k < width; ++k) {
      Tile<1, Columns> sum, d;
      sum.clear();
      for (int32_t e = k ? first[k - 1] : 0; e < first[k]; ++e) {
        d.load_from(dy + entries[e].m * ldy + p * 16, 0, columns);
        Word v = splat_word(entries[e].v);
        SYNFIRE_UNROLL for (int j = 0; j < Tile<1, Columns>::kWords; ++j) sum.a[0][j] = fma(v, d.a[0][j], sum.a[0][j]);
      }
      sum.store_panels(to + k * 16, apart);
    }
    for (int64_t q = 0; q < kPanels; ++q) epilogue(to + q * apart, ((p + q) * x.K + k0) * 16, width * 16);
    p += kPanels;
  };
  while (N - p * 16 >= kColumns) panels.template operator()<kColumns>();
  while (p * 16 < N) panels.template operator()<16>();
}

}  // namespace synfire

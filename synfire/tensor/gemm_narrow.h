// Products with few columns, such as the classes of a last layer. Registers hold two columns each: half the lanes take one, half the
// other, and the lanes of a column take successive values of k. So no lane is idle, and a load of x serves all columns.
#pragma once
#include <algorithm>
#include <utility>

#include "synfire/tensor/gemm_tile.h"

namespace synfire {

constexpr int64_t kNarrow = 12;           // columns at most; with more, whole panels are as fast
constexpr int kNarrowSteps = kLanes / 2;  // values of k at once

// Lane i of the result is lane at(i) of a and b one after the other.
template <class At, size_t... I>
SYNFIRE_INNER Word pick(Word a, Word b, std::index_sequence<I...>) {
#ifdef __clang__
  return __builtin_shufflevector(a, b, At::at(int(I))...);
#else
  using Index = int __attribute__((vector_size(sizeof(Word))));
  return __builtin_shuffle(a, b, Index{At::at(int(I))...});
#endif
}
template <class At>
SYNFIRE_INNER Word pick(Word a, Word b) { return pick<At>(a, b, std::make_index_sequence<kLanes>{}); }

// Columns of S / 2 lanes of a and b, from lane First on, woven into columns of S lanes.
template <int S, int First>
struct Woven {
  static constexpr int at(int i) { return (i % S < S / 2 ? 0 : kLanes) + (First + i / S * (S / 2) + i % (S / 2)) % kLanes; }
};
template <int Odd>
struct EveryOther {
  static constexpr int at(int i) { return 2 * i + Odd; }
};

// Lane c S + j is column First + c of row j of a panel; S rows.
template <int S, int First>
SYNFIRE_INNER Word weave(const float* w) {
  constexpr int word = First / kLanes * kLanes;
  if constexpr (S == 2) return pick<Woven<2, First % kLanes>>(load_word(w + word), load_word(w + 16 + word));
  else return pick<Woven<S, 0>>(weave<S / 2, First>(w), weave<S / 2, First>(w + S / 2 * 16));
}

// The same kNarrowSteps floats twice.
SYNFIRE_INNER Word twice(const float* p) {
#if defined(__AVX512F__)
  return _mm512_broadcast_f32x8(_mm256_loadu_ps(p));
#elif defined(__AVX2__)
  return _mm256_broadcast_ps(reinterpret_cast<const __m128*>(p));
#else
  return Word{p[0], p[1], p[0], p[1]};
#endif
}

// K rows of a panel, `Pairs` pairs of columns: [ceil(K / kNarrowSteps)][Pairs] words; rows that do not exist are zero.
template <int... Pair>
void weave_panel(int64_t K, const float* w, Word* woven, std::integer_sequence<int, Pair...>) {
  alignas(64) float last[kNarrowSteps][16] = {};
  for (int64_t k = 0; k < K; k += kNarrowSteps, woven += sizeof...(Pair)) {
    const float* from = w + k * 16;
    if (K - k < kNarrowSteps) std::memcpy(last, from, size_t(K - k) * 64), from = last[0];
    ((woven[Pair] = weave<kNarrowSteps, 2 * Pair>(from)), ...);
  }
}

template <int Count>
SYNFIRE_INNER Word load_left(const float* p) {  // fewer than kLanes floats, then zeros
  float t[kLanes] = {};
  std::memcpy(t, p, Count * 4);
  return load_word(t);
}

template <int MR, int Pairs>
struct NarrowTile {
  Word a[MR * Pairs] = {};

  SYNFIRE_INNER void add(int64_t steps, const float* x, int64_t ldx, const Word* woven) {
    for (int64_t i = 0; i < steps; ++i, x += kNarrowSteps, woven += Pairs) {
      Word v[MR];
      SYNFIRE_UNROLL for (int r = 0; r < MR; ++r) v[r] = twice(x + r * ldx);
      SYNFIRE_UNROLL for (int p = 0; p < Pairs; ++p) {
        Word w = woven[p];
        asm("" : "+v"(w));  // once into a register, not once a row from memory
        SYNFIRE_UNROLL for (int r = 0; r < MR; ++r) a[r * Pairs + p] = fma(v[r], w, a[r * Pairs + p]);
      }
    }
  }

  // The sums over the lanes of each column come to lie row after row, MR rows of 2 Pairs.
  SYNFIRE_INNER void fold() {
    SYNFIRE_UNROLL for (int s = kNarrowSteps, n = MR * Pairs; s > 1; s /= 2, n = (n + 1) / 2)
      SYNFIRE_UNROLL for (int i = 0; i < (n + 1) / 2; ++i) {
        Word u = a[2 * i], v = a[std::min(2 * i + 1, n - 1)];
        a[i] = pick<EveryOther<0>>(u, v) + pick<EveryOther<1>>(u, v);
      }
  }
  // y = base + the sums, where rows follow each other without a gap; base may be y.
  SYNFIRE_INNER void store_dense(float* y, const float* base) {
    constexpr int kFloats = MR * Pairs * 2, kWords = kFloats / kLanes, kLeft = kFloats % kLanes;
    SYNFIRE_UNROLL for (int i = 0; i < kWords; ++i) store_word(y + i * kLanes, load_word(base + i * kLanes) + a[i]);
    if constexpr (kLeft > 0) store_row<kLanes>(y + kWords * kLanes, kLeft, &(a[kWords] += load_left<kLeft>(base + kWords * kLanes)));
  }
  // The same row by row; `width` columns exist.
  SYNFIRE_INNER void store_rows(float* y, int64_t ldy, const float* base, int64_t ld_base, int64_t width) {
    constexpr int kWords = (MR * Pairs * 2 + kLanes - 1) / kLanes;
    alignas(64) float sums[kWords * kLanes];
    SYNFIRE_UNROLL for (int i = 0; i < kWords; ++i) store_word(sums + i * kLanes, a[i]);
    for (int r = 0; r < MR; ++r)
      for (int c = 0; c < 2 * Pairs; ++c) if (c < width) y[r * ldy + c] = base[r * ld_base + c] + sums[r * 2 * Pairs + c];
  }
};

// y = base + x w: M rows, K values of k, a panel of `width` columns. `base` is y, or a bias, whose rows have no stride.
template <int Pairs>
void narrow_rows(int64_t M, int64_t K, const float* x, int64_t ldx, const float* w, const float* base, int64_t ld_base, float* y, int64_t ldy, int64_t width,
                 Word* woven) {
  constexpr int kRows = std::min(8, (kLanes == 16 ? 20 : 12) / Pairs);
  int64_t steps = K / kNarrowSteps, left = K % kNarrowSteps;
  bool dense = ldy == 2 * Pairs && width == 2 * Pairs;
  float bias[kRows * 2 * Pairs];
  if (dense && ld_base == 0) for (int i = 0; i < kRows * 2 * Pairs; ++i) bias[i] = base[i % (2 * Pairs)];
  weave_panel(K, w, woven, std::make_integer_sequence<int, Pairs>{});
  auto tiles = [&]<int MR>() __attribute__((always_inline)) {
    for (; M >= MR; M -= MR, x += MR * ldx, y += MR * ldy, base += MR * ld_base) {
      NarrowTile<MR, Pairs> t;
      t.add(steps, x, ldx, woven);
      if (left) {
        float last[MR][kNarrowSteps] = {};
        for (int r = 0; r < MR; ++r) std::memcpy(last[r], x + r * ldx + steps * kNarrowSteps, size_t(left) * 4);
        t.add(1, last[0], kNarrowSteps, woven + steps * Pairs);
      }
      t.fold();
      if (dense) t.store_dense(y, ld_base ? base : bias);
      else t.store_rows(y, ldy, base, ld_base, width);
    }
  };
  tiles.template operator()<kRows>();
  tiles.template operator()<1>();
}

template <int64_t kMostK>
void narrow_product(int64_t M, int64_t K, const float* x, int64_t ldx, const float* w, const float* base, int64_t ld_base, float* y, int64_t ldy, int64_t width) {
  Word woven[(kMostK + kNarrowSteps - 1) / kNarrowSteps * 6];
  auto rows = [&]<int Pairs>() { narrow_rows<Pairs>(M, K, x, ldx, w, base, ld_base, y, ldy, width, woven); };
  switch ((width + 1) / 2) {
    case 1: return rows.template operator()<1>();
    case 2: return rows.template operator()<2>();
    case 3: return rows.template operator()<3>();
    case 4: return rows.template operator()<4>();
    case 5: return rows.template operator()<5>();
    default: return rows.template operator()<6>();
  }
}

}  // namespace synfire

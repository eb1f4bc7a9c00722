// Winograd's F(2, 3) along image rows: spreads images, weights and slopes into planes, and merges what comes out of them.
#include "synfire/tensor/conv_winograd.h"

#include "synfire/tensor/conv_sweep.h"
#include "synfire/tensor/conv_weights.h"

namespace synfire::conv {
namespace {

constexpr int64_t kFewestPixels = 48;    // below, making the weights ready costs more than it saves
constexpr int64_t kForwardFloats = 9216, kGradFloats = 18432;  // planes of the columns that are at work together: about L1
constexpr int64_t kFewestTogether = 48;                        // pixels, though: each time all weights pass by

// Pairs of columns of a block that are spread together. Plane t holds row r of the i-th at t * plane + (i * tall + r) * C.
struct Columns {
  int64_t pairs, rows, tall, most, plane;  // pairs of an image; rows of the target and of the source; pairs together; floats
  Columns(const ConvShape& s, const Blocks& b, int64_t rows, int64_t floats)
      : pairs(s.OW() / 2), rows(rows), tall(rows + s.KH - 1),
        most(std::min(std::max(floats / (kPlanes * b.rows * (s.C + s.OC)), ceil_div(kFewestTogether, b.rows)), b.images * pairs)),
        plane(most * (b.rows + s.KH - 1) * s.C) {}
};
Columns forward_columns(const ConvShape& s, const Blocks& b, int64_t rows) { return {s, b, rows, kForwardFloats}; }
Columns grad_columns(const ConvShape& s, const Blocks& b, int64_t rows) { return {s, b, rows, kGradFloats}; }

// The row of an image at x, from column j on, in four planes.
template <bool Inside>
SYNFIRE_INNER void spread_row(const ConvShape& s, int64_t plane, const float* x, int64_t j, float* to) {
  auto column = [&](int64_t i) __attribute__((always_inline)) { return Inside || (j + i >= 0 && j + i < s.W) ? load_word(x + (j + i) * s.C) : Word{}; };
  for (int64_t c = 0; c < s.C; c += kLanes, x += kLanes, to += kLanes) {
    Word v0 = column(0), v1 = column(1), v2 = column(2), v3 = column(3);
    store_word(to, v0 - v2), store_word(to + plane, v1 + v2), store_word(to + 2 * plane, v2 - v1), store_word(to + 3 * plane, v1 - v3);
  }
}

// Pairs [first, last) of a block.
void spread_images(const ConvShape& s, const Columns& d, const Block& b, int64_t first, int64_t last, const float* x, float* planes) {
  for (int64_t i = first; i < last; ++i) {
    int64_t j = i % d.pairs * 2 - s.PL, h = b.h0 - s.PT;
    const float* row = x + ((b.n0 + i / d.pairs) * s.H + h) * s.W * s.C;
    for (int64_t r = 0; r < d.tall; ++r, ++h, row += s.W * s.C, planes += s.C) {
      if (h < 0 || h >= s.H) for (int t = 0; t < kPlanes; ++t) std::fill_n(planes + t * d.plane, s.C, 0.f);
      else if (j >= 0 && j + 4 <= s.W) spread_row<true>(s, d.plane, row, j, planes);
      else spread_row<false>(s, d.plane, row, j, planes);
    }
  }
}

// Offsets in a plane: step k of a pixel's KH * C inputs, which lie side by side; the first input of each pixel.
void spread_tables(const ConvShape& s, const Columns& d, int32_t* step, int32_t* source) {
  for (int64_t k = 0; k < s.KH * s.C; ++k) step[k] = int32_t(k);
  for (int64_t i = 0; i < d.most; ++i)
    for (int64_t r = 0; r < d.rows; ++r) *source++ = int32_t((i * d.tall + r) * s.C);
}

int64_t sliding_rows(const ConvShape& s, int64_t rows) { return slides(s.KH, s.SH, rows) ? rows : 0; }

// y of pairs [first, last) of a block from the planes m [pair][row][OC].
void merge(const ConvShape& s, const Columns& d, const Block& b, int64_t first, int64_t last, const float* m, int64_t plane, float* y) {
  for (int64_t i = first; i < last; ++i)
    for (int64_t r = 0; r < d.rows; ++r) {
      float* to = y + (((b.n0 + i / d.pairs) * s.OH() + b.h0 + r) * d.pairs + i % d.pairs) * 2 * s.OC;
      for (int64_t c = 0; c < s.OC; c += kLanes, m += kLanes) {
        Word m1 = load_word(m + plane), m2 = load_word(m + 2 * plane);
        store_word(to + c, load_word(m) + (m1 + m2)), store_word(to + s.OC + c, (m1 - m2) - load_word(m + 3 * plane));
      }
    }
}

// Fetches a part of pairs [first, last) of images [N, H, W, C] from column `left` and row `top` of the block's first, one part for each
// plane: what comes next, while products are at work. The processor does not see by itself that columns follow each other. (GCC
// would drop calls of a function that only prefetches as without effect; inlined, they stay.)
template <int Write>
SYNFIRE_INNER void fetch(const float* x, int64_t H, int64_t W, int64_t C, const Columns& d, const Blocks& blocks, const Block& b, int64_t N,
                         int64_t first, int64_t last, int64_t top, int64_t left, int part) {
  int64_t images = blocks.per_image > 1 ? b.n1 : N, h0 = std::max<int64_t>(top + d.tall * part / kPlanes, 0), h1 = std::min(top + d.tall * (part + 1) / kPlanes, H);
  for (int64_t i = first; i < last; ++i)
    if (int64_t n = b.n0 + i / d.pairs, j = i % d.pairs * 2 + left; n < images && j >= 0 && j + 2 <= W)
      for (int64_t h = h0; h < h1; ++h)
        for (int64_t c = 0; c < 2 * C; c += 16) __builtin_prefetch(x + ((n * H + h) * W + j) * C + c, Write);
}

struct Scratch {
  int64_t merged, tables, end;  // where the pieces begin, in floats; the planes of x come first
};
Scratch forward_scratch(const ConvShape& s) {
  Blocks b = blocks_of(forward_pass(s));
  Columns d = forward_columns(s, b, b.rows);
  int64_t merged = kPlanes * d.plane, pixels = d.most * b.rows, tables = merged + kPlanes * pixels * s.OC;
  return {merged, tables, tables + aligned(s.KH * s.C + 2 * pixels)};
}

struct GradScratch {
  int64_t slopes, sums, tables, end;  // where the pieces begin, in floats; the planes of x come first
};
GradScratch weight_grad_scratch(const ConvShape& s) {
  Blocks b = blocks_of(forward_pass(s));
  Columns d = grad_columns(s, b, b.rows);
  int64_t slopes = kPlanes * d.plane, pixels = d.most * b.rows, sums = slopes + kPlanes * pixels * s.OC, tables = sums + winograd_weight_floats(s);
  return {slopes, sums, tables, tables + aligned(s.KH * s.C + pixels)};
}

// dy of pairs [first, last) of a block in planes [panel][pair][row][16], panels q0 … q1 - 1: the slopes of m0 … m3.
void spread_slopes(const ConvShape& s, const Columns& d, const Block& b, int64_t first, int64_t last, int64_t q0, int64_t q1, const float* dy,
                   float* planes, int64_t plane) {
  int64_t pixels = (last - first) * d.rows;
  for (int64_t i = first; i < last; ++i)
    for (int64_t r = 0; r < d.rows; ++r, planes += 16) {
      const float* from = dy + (((b.n0 + i / d.pairs) * s.OH() + b.h0 + r) * d.pairs + i % d.pairs) * 2 * s.OC;
      for (int64_t q = q0; q < q1; ++q)
        for (int64_t c = 0; c < 16; c += kLanes) {
          float* to = planes + (q - q0) * pixels * 16 + c;
          Word v0 = load_word(from + q * 16 + c), v1 = load_word(from + s.OC + q * 16 + c);
          store_word(to, v0), store_word(to + plane, v0 + v1), store_word(to + 2 * plane, v0 - v1), store_word(to + 3 * plane, -v1);
        }
    }
}

// dw [panels][KH][3][C][16] from the sums over the planes [plane][panels][KH][C][16].
void merge_taps(const ConvShape& s, int64_t panels, const float* sums, float* dw) {
  int64_t plane = panels * s.KH * s.C * 16, tap = s.C * 16;
  for (int64_t unit = 0; unit < panels * s.KH; ++unit, dw += 2 * tap)
    for (int64_t i = 0; i < tap; i += kLanes, sums += kLanes, dw += kLanes) {
      Word u1 = load_word(sums + plane) * 0.5f, u2 = load_word(sums + 2 * plane) * 0.5f;
      store_word(dw, load_word(sums) + (u1 + u2)), store_word(dw + tap, u1 - u2), store_word(dw + 2 * tap, (u1 + u2) + load_word(sums + 3 * plane));
    }
}

}  // namespace

bool by_winograd(const ConvShape& s) {
  auto inside = [](int64_t padding, int64_t window) { return padding >= 0 && padding < window; };
  return s.groups == 1 && s.KW == 3 && s.SH == 1 && s.SW == 1 && s.C % 16 == 0 && s.OC % 16 == 0 && s.OW() % 2 == 0 && inside(s.PL, 3) &&
         inside(s.PR, 3) && inside(s.PT, s.KH) && inside(s.PB, s.KH) && s.N * s.OH() * s.OW() >= kFewestPixels;
}

ConvShape turned(const ConvShape& s) {
  return {s.N, s.OH(), s.OW(), s.OC, s.C, s.KH, s.KW, s.SH, s.SW, s.KH - 1 - s.PT, s.KW - 1 - s.PL, s.KH - 1 - s.PB, s.KW - 1 - s.PR, s.groups};
}

void spread_taps(const ConvShape& s, int64_t unit, const float* taps, float* w) {
  int64_t tap = s.C * 16, plane = winograd_units(s) * tap;
  taps += unit * 3 * tap, w += unit * tap;
  for (int64_t i = 0; i < tap; i += kLanes, taps += kLanes, w += kLanes) {
    Word g0 = load_word(taps), g1 = load_word(taps + tap) * 0.5f, g2 = load_word(taps + 2 * tap), sum = (g0 + g2) * 0.5f;
    store_word(w, g0), store_word(w + plane, sum + g1), store_word(w + 2 * plane, sum - g1), store_word(w + 3 * plane, g2);
  }
}

int64_t winograd_scratch_floats(const ConvShape& s) { return std::max(forward_scratch(s).end, weight_grad_scratch(s).end); }

void winograd_forward(const ConvShape& s, int slice, const float* x, const float* w, const float* bias, float* y, float* scratch,
                      const Epilogue& epilogue) {
  Pass pass = forward_pass(s);
  Blocks blocks = blocks_of(pass);
  Scratch at = forward_scratch(s);
  int64_t K = s.KH * s.C, slices = slices_of(pass), rows = 0;
  float* merged = scratch + at.merged;
  auto* step = reinterpret_cast<int32_t*>(scratch + at.tables);
  for (int64_t i = blocks.count * slice / slices; i < blocks.count * (slice + 1) / slices; ++i) {
    Block block = block_at(pass, blocks, i);
    Columns d = forward_columns(s, blocks, block.h1 - block.h0);
    int64_t columns = (block.n1 - block.n0) * d.pairs, pixels = d.most * d.rows;
    int32_t *source = step + K, *target = source + pixels;
    if (rows != d.rows) {
      spread_tables(s, d, step, source), rows = d.rows;
      for (int64_t p = 0; p < pixels; ++p) target[p] = int32_t(p * s.OC);
    }
    for (int64_t c = 0; c < columns; c += d.most) {
      int64_t end = std::min(columns, c + d.most);
      spread_images(s, d, block, c, end, x, scratch);
      for (int t = 0; t < kPlanes; ++t) {
        Sweep sweep{K, step, source, target, rows % 2 ? 0 : s.C, sliding_rows(s, rows), w + t * winograd_units(s) * s.C * 16, 1, s.C, s.OC};
        fetch<0>(x, s.H, s.W, s.C, d, blocks, block, s.N, end, end + d.most, block.h0 - s.PT, 2 - s.PL, t);
        fetch<1>(y, s.OH(), s.OW(), s.OC, d, blocks, block, s.N, end, end + d.most, block.h0, 0, t);
        sweep.run(0, (end - c) * rows, scratch + t * d.plane, t == 1 ? bias : nullptr, merged + t * pixels * s.OC);
      }
      merge(s, d, block, c, end, merged, pixels * s.OC, y);
    }
    int64_t offset = (block.n0 * s.OH() + block.h0) * s.OW() * s.OC;
    epilogue(y + offset, offset, columns * rows * 2 * s.OC);
  }
}

namespace {

// sums [panels][KH * C][16] (+)= a plane of x times one of dy, of `pixels` pixels; db [panels][16] (+)= dy, where it is wanted.
void sum_plane(const ConvShape& s, const Columns& d, int64_t pixels, int64_t panels, const float* x, const float* slopes, bool fresh, float* sums,
               float* db, const int32_t* step, const int32_t* source) {
  int64_t K = s.KH * s.C;
  Sum sum{K, s.C, sliding_rows(s, d.rows), step, true, pixels * 16};
  for (int64_t q = 0, taken; q < panels; q += taken) {
    taken = tile_panels(panels - q);
    auto add = [&]<int Columns>() {
      sum.run<Columns>(x, pixels, slopes + q * pixels * 16, 16, fresh, sums + q * K * 16, db ? db + q * 16 : nullptr, source);
    };
    if (taken == 1) add.template operator()<16>();
    if constexpr (kLanes == 16) {
      if (taken == 2) add.template operator()<32>();
      if (taken == 4) add.template operator()<64>();
    }
  }
}

}  // namespace

void winograd_weight_grad(const ConvShape& s, int slice, const float* x, const float* dy, float* partials, float* scratch) {
  Parts parts = parts_of(s);
  Pass pass = forward_pass(s);
  Blocks blocks = blocks_of(pass);
  GradScratch at = weight_grad_scratch(s);
  int64_t part = slice / parts.ranges, range = slice % parts.ranges, pairs = ceil_div(parts.panels, 2);
  int64_t q0 = pairs * range / parts.ranges * 2, q1 = std::min(parts.panels, pairs * (range + 1) / parts.ranges * 2);
  int64_t rows = 0, first = blocks.count * part / parts.parts;
  float *slopes = scratch + at.slopes, *sums = scratch + at.sums, *dw = partials + part * parts.floats, *db = dw + parts.weights;
  auto* step = reinterpret_cast<int32_t*>(scratch + at.tables);
  int32_t* source = step + s.KH * s.C;
  for (int64_t i = first; i < blocks.count * (part + 1) / parts.parts; ++i) {
    Block block = block_at(pass, blocks, i);
    Columns d = grad_columns(s, blocks, block.h1 - block.h0);
    if (rows != d.rows) spread_tables(s, d, step, source), rows = d.rows;
    int64_t columns = (block.n1 - block.n0) * d.pairs;
    for (int64_t c = 0; c < columns; c += d.most) {
      int64_t end = std::min(columns, c + d.most), pixels = (end - c) * rows, plane = pixels * (q1 - q0) * 16;
      spread_images(s, d, block, c, end, x, scratch);
      spread_slopes(s, d, block, c, end, q0, q1, dy, slopes, plane);
      for (int t = 0; t < kPlanes; ++t) {
        fetch<0>(x, s.H, s.W, s.C, d, blocks, block, s.N, end, end + d.most, block.h0 - s.PT, 2 - s.PL, t);
        fetch<0>(dy, s.OH(), s.OW(), s.OC, d, blocks, block, s.N, end, end + d.most, block.h0, 0, t);
        sum_plane(s, d, pixels, q1 - q0, scratch + t * d.plane, slopes + t * plane, i == first && c == 0, sums + t * (q1 - q0) * s.KH * s.C * 16,
                  t == 1 ? db + q0 * 16 : nullptr, step, source);
      }
    }
  }
  merge_taps(s, q1 - q0, sums, dw + q0 * s.K() * 16);
}

}  // namespace synfire::conv

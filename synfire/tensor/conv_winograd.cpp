// Winograd's F(2, 3) along image rows: spreads images, weights and slopes into planes, and merges what comes out of them.
#include "synfire/tensor/conv_winograd.h"

#include "synfire/tensor/conv_sweep.h"
#include "synfire/tensor/conv_weights.h"

namespace synfire::conv {
namespace {

constexpr int64_t kFewestPixels = 48;    // below, making the weights ready costs more than it saves
constexpr int64_t kMergeFloats = 8192;   // of all planes that are merged together: 32 KB
constexpr int64_t kRunPixels = 192;      // pairs whose inputs and slopes stay in L1 while all tiles of a panel pass over them

// A block of images in planes: plane t holds pair p of row r of image n at t * plane + ((n * pairs + p) * tall + r) * C.
struct Spread {
  int64_t pairs, rows, tall, across, plane;  // pairs of a row; rows of the target and of the source; floats
  Spread(const ConvShape& s, const Blocks& b, int64_t rows)
      : pairs(s.OW() / 2), rows(rows), tall(rows + s.KH - 1), across(tall * s.C), plane(aligned(b.images * pairs * (b.rows + s.KH - 1) * s.C)) {}
};

// One row, a register of channels: `in` is the first column of the image, `out` the first pair.
SYNFIRE_INNER void spread_row(const ConvShape& s, const Spread& d, const float* in, float* out) {
  auto column = [&](int64_t j) __attribute__((always_inline)) { return j >= 0 && j < s.W ? load_word(in + j * s.C) : Word{}; };
  Word v0 = column(-s.PL), v1 = column(1 - s.PL);
  auto add_pair = [&](Word v2, Word v3) __attribute__((always_inline)) {
    store_word(out, v0 - v2), store_word(out + d.plane, v1 + v2);
    store_word(out + 2 * d.plane, v2 - v1), store_word(out + 3 * d.plane, v1 - v3);
    v0 = v2, v1 = v3, out += d.across;
  };
  const float* next = in + (2 - s.PL) * s.C;
  for (int64_t p = 1; p < d.pairs; ++p, next += 2 * s.C) add_pair(load_word(next), load_word(next + s.C));
  add_pair(column(2 * d.pairs - s.PL), column(2 * d.pairs + 1 - s.PL));
}

void spread_images(const ConvShape& s, const Spread& d, const Block& b, const float* x, float* planes) {
  for (int64_t n = b.n0; n < b.n1; ++n)
    for (int64_t r = 0; r < d.tall; ++r) {
      int64_t h = b.h0 + r - s.PT;
      float* out = planes + ((n - b.n0) * d.pairs * d.tall + r) * s.C;
      if (h < 0 || h >= s.H)
        for (int64_t i = 0; i < kPlanes * d.pairs; ++i) std::fill_n(out + i / d.pairs * d.plane + i % d.pairs * d.across, s.C, 0.f);
      else
        for (int64_t c = 0; c < s.C; c += kLanes) spread_row(s, d, x + (n * s.H + h) * s.W * s.C + c, out + c);
    }
}

// Offsets in a plane: step k of a pixel's KH * C inputs, which lie side by side; the first input of each pixel, by columns.
void spread_tables(const ConvShape& s, const Spread& d, const Blocks& b, int32_t* step, int32_t* source) {
  for (int64_t k = 0; k < s.KH * s.C; ++k) step[k] = int32_t(k);
  for (int64_t column = 0; column < b.images * d.pairs; ++column)
    for (int64_t r = 0; r < d.rows; ++r) *source++ = int32_t((column * d.tall + r) * s.C);
}

int64_t sliding_rows(const ConvShape& s, int64_t rows) { return slides(s.KH, s.SH, rows) ? rows : 0; }

int64_t merged_columns(const ConvShape& s, int64_t rows) { return std::max<int64_t>(1, kMergeFloats / (kPlanes * s.OC * rows)); }

// y of columns [first, last) of a block from the planes m [column][row][OC].
void merge(const ConvShape& s, const Spread& d, const Block& b, int64_t first, int64_t last, const float* m, int64_t plane, float* y) {
  for (int64_t i = first; i < last; ++i)
    for (int64_t r = 0; r < d.rows; ++r) {
      float* to = y + (((b.n0 + i / d.pairs) * s.OH() + b.h0 + r) * d.pairs + i % d.pairs) * 2 * s.OC;
      for (int64_t c = 0; c < s.OC; c += kLanes, m += kLanes) {
        Word m1 = load_word(m + plane), m2 = load_word(m + 2 * plane);
        store_word(to + c, load_word(m) + (m1 + m2)), store_word(to + s.OC + c, (m1 - m2) - load_word(m + 3 * plane));
      }
    }
}

struct Scratch {
  int64_t merged, tables, end;  // where the pieces begin, in floats; the planes of x come first
};
Scratch forward_scratch(const ConvShape& s) {
  Blocks b = blocks_of(forward_pass(s));
  Spread d(s, b, b.rows);
  int64_t merged = kPlanes * d.plane, pixels = merged_columns(s, b.rows) * b.rows, tables = merged + kPlanes * pixels * s.OC;
  return {merged, tables, tables + aligned(s.KH * s.C + b.images * d.pairs * b.rows + pixels)};
}

struct GradScratch {
  int64_t slopes, sums, tables, end;  // where the pieces begin, in floats; the planes of x come first
};
GradScratch weight_grad_scratch(const ConvShape& s) {
  Blocks b = blocks_of(forward_pass(s));
  Spread d(s, b, b.rows);
  int64_t slopes = kPlanes * d.plane, pixels = b.images * d.pairs * b.rows, sums = slopes + kPlanes * pixels * s.OC;
  int64_t tables = sums + winograd_weight_floats(s);
  return {slopes, sums, tables, tables + aligned(s.KH * s.C + pixels)};
}

// dy of a block in planes [panel][column][row][16], panels q0 … q1 - 1: the slopes of m0 … m3.
void spread_slopes(const ConvShape& s, const Spread& d, const Block& b, int64_t q0, int64_t q1, const float* dy, float* planes, int64_t plane) {
  int64_t pixels = (b.n1 - b.n0) * d.pairs * d.rows;
  for (int64_t n = b.n0; n < b.n1; ++n)
    for (int64_t r = 0; r < d.rows; ++r)
      for (int64_t p = 0; p < d.pairs; ++p) {
        const float* from = dy + (((n * s.OH() + b.h0 + r) * d.pairs + p) * 2) * s.OC;
        float* to = planes + (((n - b.n0) * d.pairs + p) * d.rows + r) * 16;
        for (int64_t q = q0; q < q1; ++q, to += pixels * 16)
          for (int64_t c = 0; c < 16; c += kLanes) {
            Word v0 = load_word(from + q * 16 + c), v1 = load_word(from + s.OC + q * 16 + c);
            store_word(to + c, v0), store_word(to + plane + c, v0 + v1);
            store_word(to + 2 * plane + c, v0 - v1), store_word(to + 3 * plane + c, -v1);
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
  int32_t *target = step + K, *source = target + merged_columns(s, blocks.rows) * blocks.rows;
  for (int64_t p = 0; p < merged_columns(s, blocks.rows) * blocks.rows; ++p) target[p] = int32_t(p * s.OC);
  for (int64_t i = blocks.count * slice / slices; i < blocks.count * (slice + 1) / slices; ++i) {
    Block block = block_at(pass, blocks, i);
    Spread d(s, blocks, block.h1 - block.h0);
    if (rows != d.rows) spread_tables(s, d, blocks, step, source), rows = d.rows;
    spread_images(s, d, block, x, scratch);
    int64_t columns = (block.n1 - block.n0) * d.pairs, most = merged_columns(s, blocks.rows), plane = most * blocks.rows * s.OC;
    for (int64_t c = 0; c < columns; c += most) {
      int64_t end = std::min(columns, c + most);
      for (int t = 0; t < kPlanes; ++t) {
        Sweep sweep{K, step, source + c * rows, target, rows % 2 ? 0 : s.C, sliding_rows(s, rows), w + t * winograd_units(s) * s.C * 16, 1, s.C, s.OC};
        sweep.run(0, (end - c) * rows, scratch + t * d.plane, t == 1 ? bias : nullptr, merged + t * plane);
      }
      merge(s, d, block, c, end, merged, plane, y);
    }
    int64_t offset = (block.n0 * s.OH() + block.h0) * s.OW() * s.OC;
    epilogue(y + offset, offset, columns * rows * 2 * s.OC);
  }
}

void winograd_weight_grad(const ConvShape& s, int slice, const float* x, const float* dy, float* partials, float* scratch) {
  Parts parts = parts_of(s);
  Pass pass = forward_pass(s);
  Blocks blocks = blocks_of(pass);
  GradScratch at = weight_grad_scratch(s);
  int64_t part = slice / parts.ranges, range = slice % parts.ranges, pairs = ceil_div(parts.panels, 2);
  int64_t q0 = pairs * range / parts.ranges * 2, q1 = std::min(parts.panels, pairs * (range + 1) / parts.ranges * 2);
  int64_t K = s.KH * s.C, rows = 0, first = blocks.count * part / parts.parts;
  float *slopes = scratch + at.slopes, *sums = scratch + at.sums, *dw = partials + part * parts.floats, *db = dw + parts.weights;
  auto* step = reinterpret_cast<int32_t*>(scratch + at.tables);
  int32_t* source = step + K;
  for (int64_t i = first; i < blocks.count * (part + 1) / parts.parts; ++i) {
    Block block = block_at(pass, blocks, i);
    Spread d(s, blocks, block.h1 - block.h0);
    if (rows != d.rows) spread_tables(s, d, blocks, step, source), rows = d.rows;
    int64_t pixels = (block.n1 - block.n0) * d.pairs * rows, plane = pixels * (q1 - q0) * 16;
    spread_images(s, d, block, x, scratch);
    spread_slopes(s, d, block, q0, q1, dy, slopes, plane);
    int64_t row = rows <= kRunPixels ? sliding_rows(s, rows) : 0, most = row ? kRunPixels / row * row : kRunPixels;
    for (int t = 0; t < kPlanes; ++t)
      for (int64_t p = 0; p < pixels; p += most)
        for (int64_t q = q0, taken; q < q1; q += taken) {
          taken = tile_panels(q1 - q);
          Sum sum{K, s.C, row, step, true, pixels * 16};
          const float* from = slopes + t * plane + ((q - q0) * pixels + p) * 16;
          auto add = [&]<int Columns>() {
            sum.run<Columns>(scratch + t * d.plane, std::min(most, pixels - p), from, 16, i == first && p == 0,
                             sums + (t * (q1 - q0) + q - q0) * K * 16, t == 1 ? db + q * 16 : nullptr, source + p);
          };
          if (taken == 1) add.template operator()<16>();
          if constexpr (kLanes == 16) {
            if (taken == 2) add.template operator()<32>();
            if (taken == 4) add.template operator()<64>();
          }
        }
  }
  merge_taps(s, q1 - q0, sums, dw + q0 * s.K() * 16);
}

}  // namespace synfire::conv

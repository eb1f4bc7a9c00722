// Depthwise convolution forward and its gradient by the input: 8 channels at a time, their weights held in registers.
#include "synfire/tensor/depthwise.h"

#include <algorithm>

#include "synfire/tensor/gemm_tile.h"

namespace synfire {
namespace {

constexpr int kMaxRows = 16;  // of a window; taller ones are ordinary groups (ConvShape::depthwise)

// y[j * out] = start + sum over rows r and taps s of row[r][j * step + s * tap] * weight[r][s * wtap]; all in floats.
struct Taps {
  int rows = 0;
  int64_t count = 0, step = 0, tap = 0, wtap = 0, out = 0;
  const float* row[kMaxRows];
  const float* weight[kMaxRows];
};

// Eight channels, a window of R by S: the weights stay in registers. Sums in two chains, so that they overlap.
template <int R, int S>
void run_fixed(const Taps& t, int64_t first, int64_t last, Vec start, float* y) {
  Vec w[R][S];
  const float* row[R];
  SYNFIRE_UNROLL for (int r = 0; r < R; ++r) {
    row[r] = t.row[r] + first * t.step;
    SYNFIRE_UNROLL for (int s = 0; s < S; ++s) w[r][s] = load(t.weight[r] + s * t.wtap);
  }
  int64_t step = t.step, tap = t.tap, out = t.out;
  y += first * out;
  for (int64_t j = first; j < last; ++j, y += out) {
    Vec sum[2] = {start, Vec{}};
    SYNFIRE_UNROLL for (int r = 0; r < R; ++r) {
      SYNFIRE_UNROLL for (int s = 0; s < S; ++s) sum[(r * S + s) % 2] = fma(load(row[r] + s * tap), w[r][s], sum[(r * S + s) % 2]);
      row[r] += step;
    }
    store(y, R * S > 1 ? sum[0] + sum[1] : sum[0]);
  }
}

// Any window, four pixels at a time, so that a weight is loaded once for all of them.
template <int J>
SYNFIRE_INNER void run_any(const Taps& t, int64_t j, Vec start, float* y) {
  Vec sum[J];
  SYNFIRE_UNROLL for (int i = 0; i < J; ++i) sum[i] = start;
  for (int r = 0; r < t.rows; ++r) {
    const float *x = t.row[r] + j * t.step, *w = t.weight[r];
    for (int64_t s = 0; s < t.count; ++s, x += t.tap, w += t.wtap) {
      Vec v = load(w);
      SYNFIRE_UNROLL for (int i = 0; i < J; ++i) sum[i] = fma(load(x + i * t.step), v, sum[i]);
    }
  }
  SYNFIRE_UNROLL for (int i = 0; i < J; ++i) store(y + (j + i) * t.out, sum[i]);
}

// Fewer than eight channels are left: one after the other.
void run_few(const Taps& t, int64_t first, int64_t last, Vec start, int64_t channels, float* y) {
  for (int64_t j = first; j < last; ++j)
    for (int64_t c = 0; c < channels; ++c) {
      float sum = start[c];
      for (int r = 0; r < t.rows; ++r)
        for (int64_t s = 0; s < t.count; ++s) sum += t.row[r][j * t.step + s * t.tap + c] * t.weight[r][s * t.wtap + c];
      y[j * t.out + c] = sum;
    }
}

void run(const Taps& t, int64_t first, int64_t last, Vec start, int64_t channels, float* y) {
  if (channels < 8) return run_few(t, first, last, start, channels, y);
  if (last - first > 2) {
    if (t.rows == 3 && t.count == 3) return run_fixed<3, 3>(t, first, last, start, y);
    if (t.rows == 2 && t.count == 3) return run_fixed<2, 3>(t, first, last, start, y);
    if (t.rows == 2 && t.count == 2) return run_fixed<2, 2>(t, first, last, start, y);
    if (t.rows == 1 && t.count == 2) return run_fixed<1, 2>(t, first, last, start, y);
    if (t.rows == 2 && t.count == 1) return run_fixed<2, 1>(t, first, last, start, y);
    if (t.rows == 1 && t.count == 1) return run_fixed<1, 1>(t, first, last, start, y);
  }
  for (; first + 4 <= last; first += 4) run_any<4>(t, first, start, y);
  for (; first < last; ++first) run_any<1>(t, first, start, y);
}

// How the columns of a target row read the columns of a source row: target column j, tap s reads column base + j * step + s * tap.
struct Columns {
  int64_t targets, sources, base, step, tap, taps, out;
};

// All target columns of one row, for up to 8 channels; t has rows and weights at tap 0 and column 0 (which may lie outside).
void run_row(Taps t, const Columns& c, int64_t C, Vec start, int64_t channels, float* y) {
  t.step = c.step * C, t.tap = c.tap * C, t.out = c.out * C;
  auto range = [&](int64_t j, int64_t& s0, int64_t& s1) {  // taps of column j that lie inside
    int64_t at = c.base + j * c.step;
    if (c.tap > 0) s0 = std::max<int64_t>(0, -at), s1 = std::min(c.taps, c.sources - at);
    else s0 = std::max<int64_t>(0, at - c.sources + 1), s1 = std::min(c.taps, at + 1);
    s1 = std::max(s0, s1);
  };
  int64_t s0, s1, lo = 0, hi = c.targets;
  while (lo < hi && (range(lo, s0, s1), s1 - s0 < c.taps)) ++lo;
  while (lo < hi && (range(hi - 1, s0, s1), s1 - s0 < c.taps)) --hi;
  auto edge = [&](int64_t j) {
    range(j, s0, s1);
    Taps part = t;
    part.count = s1 - s0;
    for (int r = 0; r < t.rows; ++r) part.row[r] = t.row[r] + (c.base + s0 * c.tap) * C, part.weight[r] = t.weight[r] + s0 * t.wtap;
    run(part, j, j + 1, start, channels, y);
  };
  for (int64_t j = 0; j < lo; ++j) edge(j);
  for (int64_t j = hi; j < c.targets; ++j) edge(j);
  t.count = c.taps;
  for (int r = 0; r < t.rows; ++r) t.row[r] += c.base * C;
  run(t, lo, hi, start, channels, y);
}

Vec start_of(const float* bias, int64_t c, int64_t channels) {
  float start[8] = {};
  if (bias) std::copy_n(bias + c, channels, start);
  return load(start);
}

}  // namespace

int depthwise_slices(int64_t rows, int64_t row_floats) {
  return static_cast<int>(std::clamp<int64_t>(std::min(rows, rows * row_floats / 32768), 1, 32));
}

void depthwise_forward(const ConvShape& s, int slice, const float* x, const float* w, const float* bias, float* y, const Epilogue& epilogue) {
  int64_t rows = s.N * s.OH(), slices = conv2d_slices(s), row_floats = s.OW() * s.C;
  Columns columns{s.OW(), s.W, -s.PL, s.SW, 1, s.KW, 1};
  for (int64_t r = rows * slice / slices; r < rows * (slice + 1) / slices; ++r) {
    int64_t n = r / s.OH(), top = r % s.OH() * s.SH - s.PT;
    for (int64_t c = 0; c < s.C; c += 8) {
      int64_t channels = std::min<int64_t>(8, s.C - c);
      const float* weights = w + c / 16 * s.K() * 16 + c % 16;
      Taps t;
      t.wtap = 16;
      for (int64_t kh = std::max<int64_t>(0, -top); kh < s.KH && top + kh < s.H; ++kh, ++t.rows) {
        t.row[t.rows] = x + (n * s.H + top + kh) * s.W * s.C + c;
        t.weight[t.rows] = weights + kh * s.KW * 16;
      }
      run_row(t, columns, s.C, start_of(bias, c, channels), channels, y + r * row_floats + c);
    }
    epilogue(y + r * row_floats, r * row_floats, row_floats);
  }
}

// Pixel h of dx was seen by the outputs oh = (h + PT - kh) / SH, for those kh that leave no remainder; columns likewise.
void depthwise_input_grad(const ConvShape& s, int slice, const float* dy, const float* w, float* dx, const Epilogue& epilogue) {
  int64_t rows = s.N * s.H, slices = conv2d_input_grad_slices(s), row_floats = s.W * s.C;
  for (int64_t r = rows * slice / slices; r < rows * (slice + 1) / slices; ++r) {
    int64_t n = r / s.H, h = r % s.H;
    for (int64_t b = 0; b < std::min(s.SW, s.W); ++b) {  // columns b, b + SW, …
      int64_t kw = (b + s.PL) % s.SW, taps = std::max<int64_t>(0, (s.KW - kw + s.SW - 1) / s.SW);
      Columns columns{(s.W - b + s.SW - 1) / s.SW, s.OW(), (b + s.PL) / s.SW, 1, -1, taps, s.SW};
      for (int64_t c = 0; c < s.C; c += 8) {
        const float* weights = w + c / 16 * s.K() * 16 + c % 16;
        Taps t;
        t.wtap = s.SW * 16;
        for (int64_t kh = (h + s.PT) % s.SH; kh < s.KH; kh += s.SH) {
          int64_t oh = (h + s.PT - kh) / s.SH;
          if (h + s.PT < kh || oh >= s.OH()) continue;
          t.row[t.rows] = dy + (n * s.OH() + oh) * s.OW() * s.C + c;
          t.weight[t.rows++] = weights + (kh * s.KW + kw) * 16;
        }
        run_row(t, columns, s.C, Vec{}, std::min<int64_t>(8, s.C - c), dx + r * row_floats + b * s.C + c);
      }
    }
    epilogue(dx + r * row_floats, r * row_floats, row_floats);
  }
}

}  // namespace synfire

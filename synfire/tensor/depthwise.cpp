// Depthwise convolution forward and its gradient by the input: 8 or 16 channels at a time, their weights held in registers.
#include "synfire/tensor/depthwise.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "synfire/tensor/gemm_tile.h"

namespace synfire {
namespace {

using Wide = std::conditional_t<kLanes == 16, Word, Vec>;
template <class V>
SYNFIRE_INNER V load_of(const float* p) {
  V v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

// The rows that a target row sees: row r of the source begins at x + r * pitch, its weights at w + r * wpitch; all in floats.
struct Rows {
  int64_t count, pitch, wpitch, wtap;  // wtap: from a tap to the next
  const float *x, *w;
};

// How its columns read theirs: target column j, tap s reads column base + j * step + s * tap; it is written at j * out.
struct Columns {
  int64_t targets, sources, base, step, tap, taps, out, C;
  int64_t lo = 0, hi = targets;  // columns [lo, hi) have all their taps inside

  Columns& find_inside() {
    int64_t s0, s1;
    while (lo < hi && (range(lo, s0, s1), s1 - s0 < taps)) ++lo;
    while (lo < hi && (range(hi - 1, s0, s1), s1 - s0 < taps)) --hi;
    return *this;
  }
  void range(int64_t j, int64_t& s0, int64_t& s1) const {  // the taps of column j that lie inside
    int64_t at = base + j * step;
    if (tap > 0) s0 = std::max<int64_t>(0, -at), s1 = std::min(taps, sources - at);
    else s0 = std::max<int64_t>(0, at - sources + 1), s1 = std::min(taps, at + 1);
    s1 = std::max(s0, s1);
  }
};

// A window of R by S with its weights in registers. Sums in two chains, so that they overlap.
template <class V, int R, int S>
void run_fixed(const Rows& t, const Columns& c, V start, float* y) {
  V w[R][S];
  SYNFIRE_UNROLL for (int r = 0; r < R; ++r) SYNFIRE_UNROLL for (int s = 0; s < S; ++s) w[r][s] = load_of<V>(t.w + r * t.wpitch + s * t.wtap);
  int64_t step = c.step * c.C, tap = c.tap * c.C, out = c.out * c.C;
  auto pixel = [&](const float* const* row, float* to, int64_t s0, int64_t s1) __attribute__((always_inline)) {
    V sum[2] = {start, V{}};
    SYNFIRE_UNROLL for (int r = 0; r < R; ++r)
      SYNFIRE_UNROLL for (int s = 0; s < S; ++s)
        if (s >= s0 && s < s1) sum[(r * S + s) % 2] = fma(load_of<V>(row[r] + s * tap), w[r][s], sum[(r * S + s) % 2]);
    V all = R * S > 1 ? sum[0] + sum[1] : sum[0];
    std::memcpy(to, &all, sizeof all);
  };
  const float* row[R];
  SYNFIRE_UNROLL for (int r = 0; r < R; ++r) row[r] = t.x + r * t.pitch + c.base * c.C;
  auto edge = [&](int64_t j) {
    int64_t s0, s1;
    c.range(j, s0, s1);
    const float* at[R];
    SYNFIRE_UNROLL for (int r = 0; r < R; ++r) at[r] = row[r] + j * step;
    pixel(at, y + j * out, s0, s1);
  };
  for (int64_t j = 0; j < c.lo; ++j) edge(j);
  for (int64_t j = c.hi; j < c.targets; ++j) edge(j);
  SYNFIRE_UNROLL for (int r = 0; r < R; ++r) row[r] += c.lo * step;
  float* to = y + c.lo * out;
  for (int64_t j = c.lo; j < c.hi; ++j, to += out) {
    pixel(row, to, 0, S);
    SYNFIRE_UNROLL for (int r = 0; r < R; ++r) row[r] += step;
  }
}

// Any window, J pixels at a time, so that a weight is loaded once for all of them; taps [s0, s1).
template <class V, int J>
SYNFIRE_INNER void run_any(const Rows& t, const Columns& c, int64_t j, int64_t s0, int64_t s1, V start, float* y) {
  V sum[J];
  SYNFIRE_UNROLL for (int i = 0; i < J; ++i) sum[i] = start;
  for (int64_t r = 0; r < t.count; ++r)
    for (int64_t s = s0; s < s1; ++s) {
      const float* x = t.x + r * t.pitch + (c.base + j * c.step + s * c.tap) * c.C;
      V v = load_of<V>(t.w + r * t.wpitch + s * t.wtap);
      SYNFIRE_UNROLL for (int i = 0; i < J; ++i) sum[i] = fma(load_of<V>(x + i * c.step * c.C), v, sum[i]);
    }
  SYNFIRE_UNROLL for (int i = 0; i < J; ++i) std::memcpy(y + (j + i) * c.out * c.C, &sum[i], sizeof(V));
}

// Fewer than eight channels are left: one after the other.
void run_few(const Rows& t, const Columns& c, const float* bias, int64_t channels, float* y) {
  for (int64_t j = 0; j < c.targets; ++j) {
    int64_t s0, s1;
    c.range(j, s0, s1);
    for (int64_t i = 0; i < channels; ++i) {
      float sum = bias ? bias[i] : 0;
      for (int64_t r = 0; r < t.count; ++r)
        for (int64_t s = s0; s < s1; ++s) sum += t.x[r * t.pitch + (c.base + j * c.step + s * c.tap) * c.C + i] * t.w[r * t.wpitch + s * t.wtap + i];
      y[j * c.out * c.C + i] = sum;
    }
  }
}

// All target columns of one row, for the channels of a V.
template <class V>
void run_row(const Rows& t, const Columns& c, const float* bias, float* y) {
  V start = bias ? load_of<V>(bias) : V{};
  if (c.targets > 2) {
    if (t.count == 3 && c.taps == 3) return run_fixed<V, 3, 3>(t, c, start, y);
    if (t.count == 2 && c.taps == 3) return run_fixed<V, 2, 3>(t, c, start, y);
    if (t.count == 2 && c.taps == 2) return run_fixed<V, 2, 2>(t, c, start, y);
    if (t.count == 1 && c.taps == 2) return run_fixed<V, 1, 2>(t, c, start, y);
    if (t.count == 2 && c.taps == 1) return run_fixed<V, 2, 1>(t, c, start, y);
    if (t.count == 1 && c.taps == 1) return run_fixed<V, 1, 1>(t, c, start, y);
  }
  int64_t s0, s1, j = c.lo;
  auto edge = [&](int64_t i) { c.range(i, s0, s1), run_any<V, 1>(t, c, i, s0, s1, start, y); };
  for (int64_t i = 0; i < c.lo; ++i) edge(i);
  for (; j + 4 <= c.hi; j += 4) run_any<V, 4>(t, c, j, 0, c.taps, start, y);
  for (; j < c.targets; ++j) edge(j);
}

// All channels: rows and weights of channel 0 in t, the weights in panels [ceil(C/16)][taps][16] of `panel` floats.
void run_channels(Rows t, const Columns& c, int64_t panel, const float* bias, float* y) {
  constexpr int64_t kWide = sizeof(Wide) / 4;
  const float *x = t.x, *w = t.w;
  for (int64_t i = 0, taken; i < c.C; i += taken) {
    t.x = x + i, t.w = w + i / 16 * panel + i % 16;
    const float* start = bias ? bias + i : nullptr;
    taken = std::min(c.C - i, c.C - i >= kWide ? kWide : 8);
    if (taken == kWide) run_row<Wide>(t, c, start, y + i);
    else if (taken == 8) run_row<Vec>(t, c, start, y + i);
    else run_few(t, c, start, taken, y + i);
  }
}

}  // namespace

int depthwise_slices(int64_t rows, int64_t row_floats) {
  return static_cast<int>(std::clamp<int64_t>(std::min(rows, rows * row_floats / 32768), 1, 32));
}

void depthwise_forward(const ConvShape& s, int slice, const float* x, const float* w, const float* bias, float* y, const Epilogue& epilogue) {
  int64_t rows = s.N * s.OH(), slices = conv2d_slices(s), row_floats = s.OW() * s.C;
  Columns columns{s.OW(), s.W, -s.PL, s.SW, 1, s.KW, 1, s.C};
  columns.find_inside();
  for (int64_t r = rows * slice / slices; r < rows * (slice + 1) / slices; ++r) {
    int64_t n = r / s.OH(), top = r % s.OH() * s.SH - s.PT, kh = std::max<int64_t>(0, -top);
    Rows t{std::max<int64_t>(0, std::min(s.KH, s.H - top) - kh), s.W * s.C, s.KW * 16, 16, x + (n * s.H + top + kh) * s.W * s.C, w + kh * s.KW * 16};
    run_channels(t, columns, s.K() * 16, bias, y + r * row_floats);
    epilogue(y + r * row_floats, r * row_floats, row_floats);
  }
}

// Pixel h of dx was seen by the outputs oh = (h + PT - kh) / SH, for those kh that leave no remainder; columns likewise.
void depthwise_input_grad(const ConvShape& s, int slice, const float* dy, const float* w, float* dx, const Epilogue& epilogue) {
  int64_t rows = s.N * s.H, slices = conv2d_input_grad_slices(s), row_floats = s.W * s.C, OW = s.OW();
  for (int64_t r = rows * slice / slices; r < rows * (slice + 1) / slices; ++r) {
    int64_t n = r / s.H, h = r % s.H, kh = (h + s.PT) % s.SH, oh = (h + s.PT - kh) / s.SH;
    int64_t skipped = std::max<int64_t>(0, oh - s.OH() + 1);  // taps above the last output; below the first there are none
    kh += skipped * s.SH, oh -= skipped;
    int64_t count = std::clamp<int64_t>((s.KH - kh + s.SH - 1) / s.SH, 0, oh + 1);
    for (int64_t b = 0; b < std::min(s.SW, s.W); ++b) {  // columns b, b + SW, …
      int64_t kw = (b + s.PL) % s.SW, taps = std::max<int64_t>(0, (s.KW - kw + s.SW - 1) / s.SW);
      Columns columns{(s.W - b + s.SW - 1) / s.SW, OW, (b + s.PL) / s.SW, 1, -1, taps, s.SW, s.C};
      columns.find_inside();
      Rows t{count, -OW * s.C, s.SH * s.KW * 16, s.SW * 16, dy + (n * s.OH() + oh) * OW * s.C, w + (kh * s.KW + kw) * 16};
      run_channels(t, columns, s.K() * 16, nullptr, dx + r * row_floats + b * s.C);
    }
    epilogue(dx + r * row_floats, r * row_floats, row_floats);
  }
}

}  // namespace synfire

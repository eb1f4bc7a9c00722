// What the dense convolutions do with a block of images: products for a list of pixels, and the sums of a weight gradient over one.
#pragma once
#include <algorithm>

#include "synfire/tensor/conv_geometry.h"
#include "synfire/tensor/conv_slide.h"
#include "synfire/tensor/conv_tile.h"

namespace synfire::conv {

// One set of taps over a list of pixels; all offsets in floats.
struct Sweep {
  int64_t K;                       // taps times channels of a group
  const int32_t* step;             // [K] from a pixel's first input to each of its inputs
  const int32_t *source, *target;  // [pixels] offsets of a pixel in the window, and in the output
  int64_t apart;                   // of the pixels of a pair in the window; 0 where a pair might be divided by the end of a row
  int64_t row;                     // pixels of a row where a single panel is made by sliding over whole rows, or 0
  const float* w;                  // panels [groups][ceil(width/16)][K][16]
  int64_t groups, in, width;       // channels of a group: read, made

  void run(int64_t first, int64_t last, const float* x, const float* bias, float* y) const {
    int64_t panels = ceil_div(width, 16);
    for (int64_t g = 0; g < groups; ++g)
      for (int64_t p = 0, taken; p < panels; p += taken) {
        taken = tile_panels(panels - p);
        if (taken == 1) sweep<16>(first, last, g, p, x, bias, y, panels);
        if constexpr (kLanes == 16) {
          if (taken == 2) sweep<32>(first, last, g, p, x, bias, y, panels);
          if (taken == 4) sweep<64>(first, last, g, p, x, bias, y, panels);
        }
      }
  }
  template <int Columns>
  void sweep(int64_t first, int64_t last, int64_t g, int64_t p, const float* x, const float* bias, float* y, int64_t panels) const {
    int64_t cols = std::min<int64_t>(Columns, width - p * 16), at = g * width + p * 16;
    float start[Columns] = {};
    if (bias) std::copy_n(bias + at, cols, start);
    const float *from = x + g * in, *weights = w + (g * panels + p) * K * 16;
    if constexpr (Columns == 16 && kLanes == 16)
      if (row) return slide(first, last, from, weights, start, cols, y + at);
    for_gathered<Columns>(apart != 0, first, last, [&]<int MR, int G>(int64_t m) __attribute__((always_inline)) {
      Tile<MR, Columns> t;
      t.set_rows(start, Columns);
      add_gathered<G>(t, K, from, source + m, apart, step, weights, K * 16, 16);
      SYNFIRE_UNROLL for (int i = 0; i < MR; ++i) store_row<Columns>(y + target[m + i] + at, cols, t.a[i]);
    });
  }
  void slide(int64_t first, int64_t last, const float* x, const float* weights, const float* start, int64_t cols, float* y) const {
    for (int64_t r = first; r < last; r += row)
      for_tiles<kSlideMost, kSlideLeast>(r, r + row, [&]<int MR>(int64_t m) __attribute__((always_inline)) {
        Tile<MR, 16> t;
        t.set_rows(start, 16);
        add_sliding(t, K, in, x + source[m], step[in] - step[0], step, weights);
        t.store_to(y + target[m], groups * width, cols);
      });
  }
};

// A weight gradient, by runs of pixels.
struct Sum {
  int64_t K, in;  // inputs of a pixel; channels of a group
  int64_t row;    // pixels of a row where a single panel is made by sliding, or 0
  const int32_t* step;
  bool paired;    // inputs 2i and 2i + 1 of a pixel are neighbours
  int64_t panel;  // floats from a panel of dy to the next

  // dw [K][16] of `Columns / 16` panels (+)= x of `pixels` pixels times dy; db [16] of each likewise, which may be null.
  template <int Columns>
  void run(const float* x, int64_t pixels, const float* dy, int64_t stride, bool fresh, float* dw, float* db, const int32_t* pixel) const {
    if (Columns == 16 && row) sum_sliding(K, in, pixels / row, row, x, step[in] - step[0], step, pixel, dy, stride, fresh, dw);
    else gather<Columns>(x, pixels, dy, stride, fresh, dw, pixel);
    for (int p = 0; db && p < Columns / 16; ++p) bias(pixels, dy + p * panel, stride, fresh, db + p * 16);
  }
  template <int Columns>
  void gather(const float* x, int64_t pixels, const float* dy, int64_t stride, bool fresh, float* dw, const int32_t* pixel) const {
    for_gathered<Columns>(paired, 0, K, [&]<int MR, int G>(int64_t k) __attribute__((always_inline)) {
      Tile<MR, Columns> t;
      if (fresh) t.clear();
      else t.load_panels(dw + k * 16, K * 16);
      add_gathered<G>(t, pixels, x, step + k, 1, pixel, dy, panel, stride);
      t.store_panels(dw + k * 16, K * 16);
    });
  }
  static void bias(int64_t pixels, const float* dy, int64_t stride, bool fresh, float* db) {
    Vec sums[4] = {};  // even and odd pixels apart, so that additions overlap
    if (!fresh) sums[0] = load(db), sums[1] = load(db + 8);
    auto add = [&](int i) { sums[i] += load(dy), sums[i + 1] += load(dy + 8), dy += stride; };
    for (int64_t p = 0; p + 2 <= pixels; p += 2) add(0), add(2);
    if (pixels % 2) add(0);
    store(db, sums[0] + sums[2]), store(db + 8, sums[1] + sums[3]);
  }
};

}  // namespace synfire::conv

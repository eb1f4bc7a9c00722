// How a convolution is cut into pieces that fit a cache, and where in them everything lies: shared by the three directions.
//
// A pass reads one set of images (the source: x, or dy for the gradient of x) and makes pixels of another (the target: y, or dx).
// It goes by blocks of the target: a few small images, or a few rows of a large one. What a block reads is copied into scratch
// with its padding; where there is no padding at all it is read where it is.
#pragma once
#include <algorithm>
#include <cstdint>

#include "synfire/tensor/conv.h"

namespace synfire::conv {

constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Rows (columns) of the source that row (column) t of the target reads: [first(t), last(t)), zeros outside the image.
struct Reach {
  int64_t step, ratio, shift, taps;  // first(t) = t * step … for y; (t + shift) / ratio - taps + 1 for dx
  int64_t first(int64_t t) const { return ratio ? (t + shift) / ratio - taps + 1 : t * step - shift; }
  int64_t last(int64_t t) const { return first(t) + taps; }
};

struct Pass {
  int64_t N;
  int64_t source_h, source_w, source_c;
  int64_t target_h, target_w, target_c;
  Reach down, across;
  int64_t align;  // blocks start at multiples of this row
  double flops;
};
Pass forward_pass(const ConvShape& s);  // weight gradients read the same blocks
Pass input_grad_pass(const ConvShape& s);

// The blocks of a pass: `images` whole images each, or `rows` rows of one.
struct Blocks {
  int64_t images, rows, per_image, count;
};
Blocks blocks_of(const Pass& p);
int slices_of(const Pass& p);

struct Block {
  int64_t n0, n1, h0, h1;  // images and target rows
};
Block block_at(const Pass& p, const Blocks& b, int64_t i);

// What a block reads: pixel (n, row, column) of the source, counted from the block's first, is at data + n * image + row * pitch + column * C.
struct Window {
  const float* data;
  int64_t pitch, image;  // floats
};
bool needs_padding(const Pass& p);
int64_t window_floats(const Pass& p, const Blocks& b);  // of the padded copy; 0 where it is not needed
Window open_window(const Pass& p, const Blocks& b, const Block& block, const float* source, float* padded);

// The offsets of a pixel's K inputs from the first of them, and of a full block's first inputs; smaller blocks use the beginning.
void step_table(const ConvShape& s, const Window& window, int32_t* step);
void pixel_table(const ConvShape& s, const Window& window, const Blocks& b, int32_t* source);

// A multiple of 16 floats, so that pieces of scratch stay aligned.
constexpr int64_t aligned(int64_t floats) { return (floats + 15) / 16 * 16; }

}  // namespace synfire::conv

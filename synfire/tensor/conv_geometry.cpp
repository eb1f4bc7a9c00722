// Cuts convolutions into blocks by their shapes alone, and copies what a block reads together with its padding.
#include "synfire/tensor/conv_geometry.h"

#include <cstring>

namespace synfire::conv {
namespace {
constexpr int64_t kBlockFloats = 32 * 1024;  // source and target of a block: 128 KB, so that both stay in L2 beside the weights
constexpr int64_t kFewPixels = 96;           // images with fewer pixels share a block
constexpr double kSliceFlops = 1e6;          // a slice is worth waking a thread for
constexpr int64_t kMaxSlices = 32, kWantedSlices = 16;
}  // namespace

Pass forward_pass(const ConvShape& s) {
  return {s.N, s.H, s.W, s.C, s.OH(), s.OW(), s.OC, {s.SH, 0, s.PT, s.KH}, {s.SW, 0, s.PL, s.KW}, 1, s.flops()};
}

Pass input_grad_pass(const ConvShape& s) {
  return {s.N, s.OH(), s.OW(), s.OC, s.H, s.W, s.C, {0, s.SH, s.PT, ceil_div(s.KH, s.SH)}, {0, s.SW, s.PL, ceil_div(s.KW, s.SW)},
          s.SH, s.flops()};
}

Blocks blocks_of(const Pass& p) {
  int64_t image = p.source_h * p.source_w * p.source_c + p.target_h * p.target_w * p.target_c;
  int64_t images = std::clamp<int64_t>(std::min(ceil_div(kFewPixels, p.target_h * p.target_w), kBlockFloats / std::max<int64_t>(image, 1)), 1, p.N);
  int64_t parts = std::max(ceil_div(image, 2 * kBlockFloats), ceil_div(kWantedSlices, p.N));  // of one image
  parts = std::min({parts, p.target_h, std::max<int64_t>(ceil_div(image, 2 * kBlockFloats), int64_t(p.flops / double(p.N) / kSliceFlops))});
  int64_t rows = std::min(p.target_h, ceil_div(ceil_div(p.target_h, std::max<int64_t>(parts, 1)), p.align) * p.align);
  int64_t per_image = ceil_div(p.target_h, rows);
  if (per_image > 1) images = 1;
  return {images, rows, per_image, per_image > 1 ? p.N * per_image : ceil_div(p.N, images)};
}

int slices_of(const Pass& p) {
  int64_t wanted = std::max<int64_t>(1, int64_t(p.flops / kSliceFlops));
  return static_cast<int>(std::min({wanted, blocks_of(p).count, kMaxSlices}));
}

Block block_at(const Pass& p, const Blocks& b, int64_t i) {
  if (b.per_image == 1) return {i * b.images, std::min(p.N, (i + 1) * b.images), 0, p.target_h};
  int64_t n = i / b.per_image, h = i % b.per_image * b.rows;
  return {n, n + 1, h, std::min(p.target_h, h + b.rows)};
}

bool needs_padding(const Pass& p) {
  return p.down.first(0) < 0 || p.across.first(0) < 0 || p.down.last(p.target_h - 1) > p.source_h ||
         p.across.last(p.target_w - 1) > p.source_w;
}

namespace {
int64_t padded_columns(const Pass& p) { return p.across.last(p.target_w - 1) - p.across.first(0); }
}

int64_t window_floats(const Pass& p, const Blocks& b) {
  if (!needs_padding(p)) return 0;
  int64_t rows = p.down.last(b.rows - 1) - p.down.first(0);
  return aligned(b.images * rows * padded_columns(p) * p.source_c);
}

Window open_window(const Pass& p, const Blocks& b, const Block& block, const float* source, float* padded) {
  int64_t C = p.source_c, row = p.source_w * C, image = p.source_h * row;
  int64_t first = p.down.first(block.h0), left = p.across.first(0);
  source += block.n0 * image;
  if (!needs_padding(p)) return {source + first * row + left * C, row, image};
  int64_t last = p.down.last(block.h1 - 1), pitch = padded_columns(p) * C;
  int64_t padded_image = (p.down.last(b.rows - 1) - p.down.first(0)) * pitch;
  int64_t c0 = std::max<int64_t>(left, 0), c1 = std::clamp<int64_t>(p.across.last(p.target_w - 1), c0, p.source_w);
  for (int64_t n = block.n0; n < block.n1; ++n, source += image) {
    float *to = padded + (n - block.n0) * padded_image, *zero = to;  // from here up to the next copied row all is zero
    for (int64_t h = std::max<int64_t>(first, 0); h < std::min(last, p.source_h); ++h) {
      float* begin = to + (h - first) * pitch + (c0 - left) * C;
      std::memset(zero, 0, size_t(begin - zero) * 4);
      std::memcpy(begin, source + h * row + c0 * C, size_t(c1 - c0) * size_t(C) * 4);
      zero = begin + (c1 - c0) * C;
    }
    std::memset(zero, 0, size_t(to + (last - first) * pitch - zero) * 4);
  }
  return {padded, pitch, padded_image};
}

void step_table(const ConvShape& s, const Window& window, int32_t* step) {
  for (int64_t kh = 0; kh < s.KH; ++kh)
    for (int64_t kw = 0; kw < s.KW; ++kw)
      for (int64_t c = 0; c < s.C / s.groups; ++c) *step++ = static_cast<int32_t>(kh * window.pitch + kw * s.C + c);
}

void pixel_table(const ConvShape& s, const Window& window, const Blocks& b, int32_t* source) {
  for (int64_t n = 0; n < b.images; ++n)
    for (int64_t h = 0; h < b.rows; ++h)
      for (int64_t w = 0; w < s.OW(); ++w) *source++ = static_cast<int32_t>(n * window.image + h * s.SH * window.pitch + w * s.SW * s.C);
}

}  // namespace synfire::conv

// Convolution forward and its gradient by the input: tiles of a few pixels by 16 to 64 channels over padded blocks of images.
#include "synfire/tensor/conv.h"

#include <algorithm>

#include "synfire/tensor/conv_geometry.h"
#include "synfire/tensor/conv_sweep.h"
#include "synfire/tensor/conv_weights.h"
#include "synfire/tensor/conv_winograd.h"
#include "synfire/tensor/depthwise.h"

namespace synfire {
namespace {
using namespace conv;

constexpr int64_t kChunkFloats = 4096;  // output that is finished before its epilogue runs: 16 KB

// Pixels that are finished before their epilogue runs: whole rows, or a multiple of tiles.
int64_t chunk_of(int64_t channels, int64_t row) {
  int64_t pixels = std::max<int64_t>(48, kChunkFloats / channels / 6 * 6);
  return row ? std::max<int64_t>(1, pixels / row) * row : pixels;
}

// Where the pieces of a slice's scratch begin, in floats.
struct Scratch {
  int64_t tables, weights, end;
};

Scratch forward_scratch(const ConvShape& s) {
  Pass pass = forward_pass(s);
  Blocks b = blocks_of(pass);
  int64_t tables = window_floats(pass, b), pixels = b.images * b.rows * s.OW();
  int64_t weights = tables + aligned(s.K() + 2 * pixels);
  return {tables, weights, weights + (own_panels(s) ? 0 : grouped_floats(s))};
}

Scratch input_grad_scratch(const ConvShape& s) {
  Pass pass = input_grad_pass(s);
  Blocks b = blocks_of(pass);
  int64_t tables = window_floats(pass, b), pixels = b.images * b.rows * s.W;
  int64_t end = tables + aligned(s.KH * s.KW * (s.OC / s.groups) + 2 * pixels);
  return {tables, end, end};
}

}  // namespace

size_t conv2d_scratch(const ConvShape& s) {
  int64_t floats = s.depthwise() ? weight_grad_scratch_floats(s) + depthwise_scratch_floats(s)
                                 : std::max({forward_scratch(s).end, input_grad_scratch(s).end, weight_grad_scratch_floats(s)});
  for (const ConvShape& w : {s, turned(s)}) if (by_winograd(w)) floats = std::max(floats, winograd_scratch_floats(w));
  return size_t(aligned(floats)) * sizeof(float);
}

int conv2d_slices(const ConvShape& s) {
  return s.depthwise() ? depthwise_slices(s.N * s.OH(), s.OW() * s.C) : slices_of(forward_pass(s));
}
int conv2d_input_grad_slices(const ConvShape& s) {
  if (by_winograd(turned(s))) return conv2d_slices(turned(s));
  return s.depthwise() ? depthwise_slices(s.N * s.H, s.W * s.C) : slices_of(input_grad_pass(s));
}

void conv2d_forward(const ConvShape& s, int slice, const float* x, const float* w, const float* bias, float* y, float* scratch,
                    const Epilogue& epilogue) {
  if (s.depthwise()) return depthwise_forward(s, slice, x, w, bias, y, epilogue);
  if (by_winograd(s)) return winograd_forward(s, slice, x, w, bias, y, scratch, epilogue);
  Pass pass = forward_pass(s);
  Blocks blocks = blocks_of(pass);
  Scratch at = forward_scratch(s);
  int slices = slices_of(pass);
  auto* step = reinterpret_cast<int32_t*>(scratch + at.tables);
  int32_t *source = step + s.K(), *target = source + blocks.images * blocks.rows * s.OW();
  if (!own_panels(s)) w = group_panels(s, w, scratch + at.weights);
  bool tables = false;
  for (int64_t i = blocks.count * slice / slices; i < blocks.count * (slice + 1) / slices; ++i) {
    Block block = block_at(pass, blocks, i);
    Window window = open_window(pass, blocks, block, x, scratch);
    if (!tables) {
      step_table(s, window, step);
      pixel_table(s, window, blocks, source);
      for (int64_t p = 0; p < blocks.images * blocks.rows * s.OW(); ++p) target[p] = int32_t(p * s.OC);
      tables = true;
    }
    int64_t pixels = (block.n1 - block.n0) * (block.h1 - block.h0) * s.OW(), offset = (block.n0 * s.OH() + block.h0) * s.OW() * s.OC;
    int64_t row = slides(s.KW, s.SW, s.OW()) ? s.OW() : 0, chunk = chunk_of(s.OC, row);
    Sweep sweep{s.K(), step, source, target, s.OW() % 2 ? 0 : s.SW * s.C, row, w, s.groups, s.C / s.groups, s.OC / s.groups};
    for (int64_t p = 0; p < pixels; p += chunk) {
      int64_t end = std::min(pixels, p + chunk);
      sweep.run(p, end, window.data, bias, y + offset);
      epilogue(y + offset + p * s.OC, offset + p * s.OC, (end - p) * s.OC);
    }
  }
}

namespace {

// dx in one of the SH * SW positions that its pixels have between windows: which rows and columns, read by which taps.
struct Position {
  int64_t down, across, pixels_down, pixels_across;  // first row and column in a block, how many of each
  PhaseTaps taps;
};

Position position_of(const ConvShape& s, int64_t a, int64_t b, int64_t rows) {
  int64_t down = (a - s.PT % s.SH + s.SH) % s.SH, across = (b - s.PL % s.SW + s.SW) % s.SW;
  return {down, across, std::max<int64_t>(0, ceil_div(rows - down, s.SH)), std::max<int64_t>(0, ceil_div(s.W - across, s.SW)), phase_taps(s, a, b)};
}

// The tables of one position for a block of full size; smaller blocks use the beginning of them.
void position_tables(const ConvShape& s, const Pass& pass, const Window& win, const Blocks& blocks, const Position& p, int32_t* step,
                     int32_t* source, int32_t* target) {
  int64_t OCg = s.OC / s.groups, more_down = pass.down.taps - p.taps.down, more_across = pass.across.taps - p.taps.across;
  for (int64_t th = 0; th < p.taps.down; ++th)
    for (int64_t tw = 0; tw < p.taps.across; ++tw)
      for (int64_t c = 0; c < OCg; ++c) *step++ = int32_t((th + more_down) * win.pitch + (tw + more_across) * s.OC + c);
  for (int64_t n = 0; n < blocks.images; ++n)
    for (int64_t i = 0; i < p.pixels_down; ++i)
      for (int64_t j = 0; j < p.pixels_across; ++j) {
        int64_t h = p.down + i * s.SH, w = p.across + j * s.SW;
        *source++ = int32_t(n * win.image + (pass.down.first(h) - pass.down.first(0)) * win.pitch + (pass.across.first(w) - pass.across.first(0)) * s.OC);
        *target++ = int32_t(((n * blocks.rows + h) * s.W + w) * s.C);
      }
}

}  // namespace

void conv2d_input_grad(const ConvShape& s, int slice, const float* dy, const float* flipped, float* dx, float* scratch,
                       const Epilogue& epilogue) {
  if (s.depthwise()) return depthwise_input_grad(s, slice, dy, flipped, dx, epilogue);
  if (by_winograd(turned(s))) return winograd_forward(turned(s), slice, dy, flipped, nullptr, dx, scratch, epilogue);
  Pass pass = input_grad_pass(s);
  Blocks blocks = blocks_of(pass);
  int64_t room = blocks.images * blocks.rows * s.W, Cg = s.C / s.groups, OCg = s.OC / s.groups, panels = s.groups * ceil_div(Cg, 16);
  auto* tables = reinterpret_cast<int32_t*>(scratch + input_grad_scratch(s).tables);
  int slices = slices_of(pass);
  bool ready = false;
  for (int64_t i = blocks.count * slice / slices; i < blocks.count * (slice + 1) / slices; ++i) {
    Block block = block_at(pass, blocks, i);
    Window window = open_window(pass, blocks, block, dy, scratch);
    int64_t images = block.n1 - block.n0, rows = block.h1 - block.h0, offset = (block.n0 * s.H + block.h0) * s.W * s.C;
    int32_t *step = tables, *source = tables + s.KH * s.KW * OCg, *target = source + room;
    const float* w = flipped;
    int64_t row = slides(s.KW, s.SW, s.W) && s.SH == 1 ? s.W : 0;
    int64_t chunk = s.SH * s.SW > 1 ? room : chunk_of(s.C, row);  // strides scatter pixels over the block
    for (int64_t a = 0; a < s.SH; ++a)
      for (int64_t b = 0; b < s.SW; ++b) {
        Position full = position_of(s, a, b, blocks.rows), now = position_of(s, a, b, rows);
        if (!ready) position_tables(s, pass, window, blocks, full, step, source, target);
        int64_t K = full.taps.down * full.taps.across * OCg, pixels = images * now.pixels_down * now.pixels_across;
        Sweep sweep{K, step, source, target, now.pixels_across % 2 ? 0 : s.OC, row, w, s.groups, OCg, Cg};
        for (int64_t p = 0; p < pixels; p += chunk) {
          int64_t end = std::min(pixels, p + chunk);
          sweep.run(p, end, window.data, nullptr, dx + offset);
          if (chunk < room) epilogue(dx + offset + p * s.C, offset + p * s.C, (end - p) * s.C);
        }
        int64_t entries = blocks.images * full.pixels_down * full.pixels_across;
        step += K, source += entries, target += entries, w += panels * K * 16;
      }
    if (chunk >= room) epilogue(dx + offset, offset, images * rows * s.W * s.C);
    ready = true;
  }
}

}  // namespace synfire

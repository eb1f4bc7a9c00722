// The gradient of convolution weights: every part of the batch leaves its own sum, then the parts are added in a fixed order.
#include <algorithm>
#include <cstring>

#include "synfire/tensor/conv.h"
#include "synfire/tensor/conv_geometry.h"
#include "synfire/tensor/conv_sweep.h"
#include "synfire/tensor/conv_weights.h"
#include "synfire/tensor/conv_winograd.h"
#include "synfire/tensor/depthwise.h"

namespace synfire {
namespace {
using namespace conv;

constexpr int64_t kRunPixels = 192;    // pixels whose x and dy stay in L1 while all tiles of a panel pass over them
constexpr int64_t kNear = 128;         // channels of dy that are read in place
constexpr int64_t kMostPanels = 4;     // of a tile
constexpr int64_t kPartPixels = 768;   // a part has at least this many, so that adding the parts costs little
constexpr int64_t kMaxParts = 16;
constexpr int64_t kPartsFloats = int64_t{8} << 20;  // all parts together: 32 MB at most
constexpr int64_t kFinishFloats = 1024;             // a chunk of the final sum

struct Scratch {
  int64_t tables, columns, end;  // where the pieces begin, in floats
};

Scratch scratch_of(const ConvShape& s) {
  Pass pass = forward_pass(s);
  Blocks b = blocks_of(pass);
  int64_t tables = window_floats(pass, b), columns = tables + aligned(s.K() + b.images * b.rows * s.OW());
  return {tables, columns, columns + kRunPixels * 16 * kMostPanels};
}

// 16 columns of dy side by side, missing ones zero.
void pack_columns(const float* dy, int64_t pixels, int64_t stride, int64_t width, float* columns) {
  for (int64_t p = 0; p < pixels; ++p, dy += stride, columns += 16) {
    if (width == 16) store(columns, load(dy)), store(columns + 8, load(dy + 8));
    else for (int64_t j = 0; j < 16; ++j) columns[j] = j < width ? dy[j] : 0;
  }
}

}  // namespace

conv::Parts conv::parts_of(const ConvShape& s) {
  Parts p;
  p.panels = s.depthwise() ? ceil_div(s.C, 16) : s.groups * ceil_div(s.OC / s.groups, 16);
  p.weights = p.panels * s.K() * 16;
  p.floats = p.weights + p.panels * 16;
  int64_t pieces = s.depthwise() ? s.N * s.OH() : blocks_of(forward_pass(s)).count;
  p.parts = std::max<int64_t>(1, std::min({s.N * s.OH() * s.OW() / kPartPixels, kMaxParts, kPartsFloats / p.floats, pieces}));
  p.ranges = s.depthwise() ? 1 : std::clamp<int64_t>(std::min(ceil_div(kMaxParts, p.parts), int64_t(s.flops() / 1e6) / p.parts), 1, ceil_div(p.panels, 2));
  return p;
}

int64_t conv::weight_grad_scratch_floats(const ConvShape& s) { return std::max(s.depthwise() ? 0 : scratch_of(s).end, kFinishFloats); }

int conv2d_weight_grad_slices(const ConvShape& s) {
  Parts p = parts_of(s);
  return static_cast<int>(p.parts * p.ranges);
}

size_t conv2d_weight_grad_partials(const ConvShape& s) {
  Parts p = parts_of(s);
  return size_t(p.parts * p.floats) * sizeof(float);
}

void conv2d_weight_grad(const ConvShape& s, int slice, const float* x, const float* dy, float* partials, float* scratch) {
  Parts parts = parts_of(s);
  if (s.depthwise()) {
    int64_t rows = s.N * s.OH(), first = rows * slice / parts.parts, last = rows * (slice + 1) / parts.parts;
    float* dw = partials + slice * parts.floats;
    return depthwise_weight_grad(s, first, last, x, dy, dw, dw + parts.weights, scratch);
  }
  if (by_winograd(s)) return winograd_weight_grad(s, slice, x, dy, partials, scratch);
  Pass pass = forward_pass(s);
  Blocks blocks = blocks_of(pass);
  Scratch at = scratch_of(s);
  int64_t part = slice / parts.ranges, range = slice % parts.ranges, OCg = s.OC / s.groups, per_group = ceil_div(OCg, 16);
  int64_t pairs = ceil_div(parts.panels, 2), q0 = pairs * range / parts.ranges * 2, q1 = std::min(parts.panels, pairs * (range + 1) / parts.ranges * 2);
  float *dw = partials + part * parts.floats, *db = dw + parts.weights, *columns = scratch + at.columns;
  auto* step = reinterpret_cast<int32_t*>(scratch + at.tables);
  int32_t* source = step + s.K();
  int64_t row = slides(s.KW, s.SW, s.OW()) && s.OW() <= kRunPixels ? s.OW() : 0, most = row ? kRunPixels / row * row : kRunPixels;
  bool fresh = true;
  for (int64_t i = blocks.count * part / parts.parts; i < blocks.count * (part + 1) / parts.parts; ++i) {
    Block block = block_at(pass, blocks, i);
    Window window = open_window(pass, blocks, block, x, scratch);
    if (fresh) step_table(s, window, step), pixel_table(s, window, blocks, source);
    int64_t pixels = (block.n1 - block.n0) * (block.h1 - block.h0) * s.OW();
    const float* image = dy + (block.n0 * s.OH() + block.h0) * s.OW() * s.OC;
    for (int64_t p = 0; p < pixels; p += most, fresh = false) {
      int64_t run = std::min(most, pixels - p);
      for (int64_t q = q0, taken; q < q1; q += taken) {
        int64_t g = q / per_group, n = g * OCg + q % per_group * 16, end = (g + 1) * OCg;
        taken = tile_panels(std::min(q1 - q, per_group - q % per_group));
        const float *from = image + p * s.OC + n, *in = window.data + g * (s.C / s.groups);
        bool pack = end - n < 16 * taken || s.OC > std::max(kNear, 16 * taken);  // rows far apart would fall into few sets of the cache
        if (pack)
          for (int64_t i = 0; i < taken; ++i)
            pack_columns(from + i * 16, run, s.OC, std::min<int64_t>(16, end - n - i * 16), columns + i * run * 16);
        Sum sum{s.K(), s.C / s.groups, row, step, (s.groups == 1 ? s.KW * s.C : s.C / s.groups) % 2 == 0, pack ? run * 16 : 16};
        auto add = [&]<int Columns>() {
          sum.run<Columns>(in, run, pack ? columns : from, pack ? 16 : s.OC, fresh, dw + q * s.K() * 16, db + q * 16, source + p);
        };
        if (taken == 1) add.template operator()<16>();
        if constexpr (kLanes == 16) {
          if (taken == 2) add.template operator()<32>();
          if (taken == 4) add.template operator()<64>();
        }
      }
    }
  }
}

namespace {

// Element [panel p][k][j] of the stored panels among the grouped ones, or -1 where there is none.
int64_t grouped_index(const ConvShape& s, int64_t p, int64_t k, int64_t j) {
  int64_t n = p * 16 + j, OCg = s.OC / s.groups;
  if (n >= s.OC) return -1;
  return ((n / OCg * ceil_div(OCg, 16) + n % OCg / 16) * s.K() + k) * 16 + n % OCg % 16;
}

}  // namespace

void conv2d_weight_grad_finish(const ConvShape& s, int slice, int slices, const float* partials, float* dw, float* scratch,
                               const Epilogue& epilogue) {
  Parts parts = parts_of(s);
  int64_t stored = ceil_div(s.OC, 16) * s.K() * 16, chunks = ceil_div(stored, kFinishFloats);
  for (int64_t c = chunks * slice / slices; c < chunks * (slice + 1) / slices; ++c) {
    int64_t first = c * kFinishFloats, count = std::min(kFinishFloats, stored - first);
    float* out = dw ? dw + first : scratch;
    if (own_panels(s)) {
      std::memcpy(out, partials + first, size_t(count) * 4);
      for (int64_t p = 1; p < parts.parts; ++p) {
        const float* from = partials + p * parts.floats + first;
        for (int64_t i = 0; i < count; i += 8) store(out + i, load(out + i) + load(from + i));
      }
    } else {
      for (int64_t i = 0; i < count; ++i) {
        int64_t at = grouped_index(s, (first + i) / 16 / s.K(), (first + i) / 16 % s.K(), (first + i) % 16);
        float sum = 0;
        for (int64_t p = 0; p < parts.parts && at >= 0; ++p) sum += partials[p * parts.floats + at];
        out[i] = sum;
      }
    }
    epilogue(out, first, count);
  }
}

void conv2d_bias_grad_finish(const ConvShape& s, const float* partials, float* db) {
  Parts parts = parts_of(s);
  int64_t OCg = s.OC / s.groups;
  for (int64_t n = 0; n < s.OC; ++n) {
    const float* from = partials + parts.weights + (own_panels(s) ? n : n / OCg * ceil_div(OCg, 16) * 16 + n % OCg);
    float sum = 0;
    for (int64_t p = 0; p < parts.parts; ++p) sum += from[p * parts.floats];
    db[n] = sum;
  }
}

}  // namespace synfire

// Rearranges convolution weights: into groups, and turned round and transposed for the gradient of the input.
#include "synfire/tensor/conv_weights.h"

#include <cstring>

#include "synfire/tensor/conv_winograd.h"
#include "synfire/tensor/vec.h"

namespace synfire {
namespace conv {

const float* group_panels(const ConvShape& s, const float* w, float* grouped) {
  int64_t K = s.K(), OCg = s.OC / s.groups, panels = (OCg + 15) / 16;
  std::memset(grouped, 0, size_t(grouped_floats(s)) * 4);
  for (int64_t g = 0; g < s.groups; ++g)
    for (int64_t j = 0; j < OCg; ++j) {
      int64_t n = g * OCg + j;
      const float* from = w + n / 16 * K * 16 + n % 16;
      float* to = grouped + (g * panels + j / 16) * K * 16 + j % 16;
      for (int64_t k = 0; k < K; ++k) to[k * 16] = from[k * 16];
    }
  return grouped;
}

namespace {

// One tap of one panel of 16 input channels from c0 on: to[oc][c] for the OCg output channels of group g.
void turn_tap(const ConvShape& s, const float* w, int64_t g, int64_t c0, int64_t tap, float* to) {
  int64_t K = s.K(), OCg = s.OC / s.groups, Cg = s.C / s.groups, width = std::min<int64_t>(16, Cg - c0), oc = 0;
  auto from = [&](int64_t j) {
    int64_t n = g * OCg + j;
    return w + (n / 16 * K + tap * Cg + c0) * 16 + n % 16;
  };
  if (width == 16 && g * OCg % 8 == 0)
    for (; oc + 8 <= OCg; oc += 8) turn_8x8(from(oc), 16, to + oc * 16, 16), turn_8x8(from(oc) + 128, 16, to + oc * 16 + 8, 16);
  for (; oc < OCg; ++oc)
    for (int64_t c = 0; c < 16; ++c) to[oc * 16 + c] = c < width ? from(oc)[c * 16] : 0;
}

// Turned weights, and behind them their taps, for the gradient of x by Winograd.
void turn_and_spread(const ConvShape& s, const float* w, float* flipped, int slice, int slices) {
  ConvShape t = turned(s);
  float* taps = flipped + winograd_weight_floats(t);
  int64_t units = winograd_units(t);
  for (int64_t unit = units * slice / slices; unit < units * (slice + 1) / slices; ++unit) {
    for (int64_t v = 0; v < 3; ++v) turn_tap(s, w, 0, unit / s.KH * 16, (s.KH - unit % s.KH) * 3 - 1 - v, taps + (unit * 3 + v) * s.OC * 16);
    spread_taps(t, unit, taps, flipped);
  }
}

}  // namespace
}  // namespace conv

int64_t conv2d_ready_floats(const ConvShape& s) { return conv::by_winograd(s) ? conv::winograd_weight_floats(s) : 0; }

void conv2d_ready_weights(const ConvShape& s, const float* w, float* ready, int slice, int slices) {
  int64_t units = conv::winograd_units(s);
  for (int64_t unit = units * slice / slices; unit < units * (slice + 1) / slices; ++unit) conv::spread_taps(s, unit, w, ready);
}

int64_t conv2d_flipped_floats(const ConvShape& s) {
  if (s.depthwise()) return (s.C + 15) / 16 * 16 * s.K();
  if (conv::by_winograd(conv::turned(s))) return conv::winograd_weight_floats(conv::turned(s)) / 4 * 7;  // and three taps
  return s.groups * ((s.C / s.groups + 15) / 16) * 16 * s.KH * s.KW * (s.OC / s.groups);
}

// Order: [SH][SW] positions, each [groups][ceil(Cg/16)][taps, last first][OCg][16]. Depthwise weights stay as they are.
void conv2d_flip_weights(const ConvShape& s, const float* w, float* flipped, int slice, int slices) {
  if (s.depthwise()) {
    int64_t floats = conv2d_flipped_floats(s), first = floats * slice / slices, last = floats * (slice + 1) / slices;
    std::memcpy(flipped + first, w + first, size_t(last - first) * 4);
    return;
  }
  if (conv::by_winograd(conv::turned(s))) return conv::turn_and_spread(s, w, flipped, slice, slices);
  int64_t OCg = s.OC / s.groups, panels = (s.C / s.groups + 15) / 16, units = s.groups * panels * s.KH * s.KW;
  int64_t unit = 0, first = units * slice / slices, last = units * (slice + 1) / slices;
  for (int64_t a = 0; a < s.SH; ++a)
    for (int64_t b = 0; b < s.SW; ++b) {
      conv::PhaseTaps taps = conv::phase_taps(s, a, b);
      for (int64_t g = 0; g < s.groups; ++g)
        for (int64_t q = 0; q < panels; ++q)
          for (int64_t h = taps.down - 1; h >= 0; --h)
            for (int64_t v = taps.across - 1; v >= 0; --v, ++unit)
              if (unit >= first && unit < last) conv::turn_tap(s, w, g, q * 16, (a + h * s.SH) * s.KW + b + v * s.SW, flipped + unit * OCg * 16);
    }
}

}  // namespace synfire

// The forms that convolution weights take on their way through the kernels.
//
// With groups each group is a matrix of its own for the kernels: [groups][ceil(OCg/16)][K][16] ("grouped panels", OCg and Cg
// channels of a group). These are the stored panels where there is one group or where OCg is a multiple of 16.
// Depthwise kernels work on the stored panels, [ceil(C/16)][taps][16].
#pragma once
#include <algorithm>
#include <cstdint>

#include "synfire/tensor/conv.h"

namespace synfire::conv {

inline bool own_panels(const ConvShape& s) { return s.groups == 1 || s.OC / s.groups % 16 == 0 || s.depthwise(); }
inline int64_t grouped_floats(const ConvShape& s) { return s.groups * ((s.OC / s.groups + 15) / 16) * s.K() * 16; }
const float* group_panels(const ConvShape& s, const float* w, float* grouped);  // returns grouped

// The taps that reach the pixels of dx at position (a, b) between windows: kh = a, a + SH, …; kw = b, b + SW, …
struct PhaseTaps {
  int64_t down, across;
};
inline PhaseTaps phase_taps(const ConvShape& s, int64_t a, int64_t b) {
  return {std::max<int64_t>(0, (s.KH - a + s.SH - 1) / s.SH), std::max<int64_t>(0, (s.KW - b + s.SW - 1) / s.SW)};
}

// Sums of a weight gradient over parts of the batch: a part is dw [groups][panels][K][16] and db [groups][panels][16].
// Slices are parts times ranges of panels, two or more panels each: they share a tile.
struct Parts {
  int64_t panels, floats, weights;  // of all groups; of a part; of a part without db
  int64_t parts, ranges;
};
Parts parts_of(const ConvShape& s);
int64_t weight_grad_scratch_floats(const ConvShape& s);

}  // namespace synfire::conv

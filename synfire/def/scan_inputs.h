// Which input of a scan's gradient op is which.
#pragma once
#include "synfire/def/scan.h"

namespace synfire::detail {

// Inputs of the gradient op: x (not where the sums of a recurrent cell tell all), y, traces, V and gate inputs where recurrent, then dy and
// d trace j where bit 0 and 1 + j of `given` say so, and that of the gate inputs, where the bit after them does.
struct BackInputs {
  int x = -1, y = 0, trace = 0, v = -1, a = -1, dy = -1, da = -1, all = 0;
  std::vector<int> dtrace;
  BackInputs(const CellShape& c, const ScanShape& s, int64_t given) {
    int n = 0;
    if (!s.recurrent || c.apart) x = n++;
    y = n++, trace = n, n += s.S;
    if (s.recurrent) v = n++, a = n++;
    if (given & 1) dy = n++;
    for (int j = 0; j < c.states; ++j) dtrace.push_back(given >> (1 + j) & 1 ? n++ : -1);
    if (given >> (1 + c.states) & 1) da = n++;
    all = n;
  }
};

// The gradient op's own shape, from its attributes.
inline ScanShape back_shape(const CellShape& c, const Attrs& attrs) {
  return ScanShape(c, shape_of(attrs.ints("x_shape")), attrs);
}

}  // namespace synfire::detail

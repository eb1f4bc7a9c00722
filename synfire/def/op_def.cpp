// Broadcasting rules shared by the ops.
#include "synfire/def/op_def.h"

#include <algorithm>

namespace synfire {

Shape broadcast(const Shape& a, const Shape& b) {
  int rank = std::max(a.rank(), b.rank());
  Shape s;
  for (int i = 0; i < rank; ++i) {
    int ia = i - (rank - a.rank()), ib = i - (rank - b.rank());
    int64_t da = ia < 0 ? 1 : a[ia], db = ib < 0 ? 1 : b[ib];
    if (da != db && da != 1 && db != 1) refuse(fmt::format("shapes {} and {} do not fit together", a.str(), b.str()),
                                               "dimensions must be equal or 1, counted from the last");
    s.push_back(da == 1 ? db : da);
  }
  return s;
}

Value sum_to(Graph& g, Value v, const Shape& shape) {
  if (v.shape() == shape) return v;
  std::vector<int64_t> axes;
  int lead = v.shape().rank() - shape.rank();
  for (int i = 0; i < v.shape().rank(); ++i)
    if (i < lead || (shape[i - lead] == 1 && v.shape()[i] != 1)) axes.push_back(i);
  Value s = axes.empty() ? v : g.op("sum", {v}, {{"axes", axes}});
  return s.shape() == shape ? s : g.op("reshape", {s}, {{"shape", ints_of(shape)}});
}

}  // namespace synfire

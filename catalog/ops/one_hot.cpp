// Labels as rows with a one at the label: i32 [B] -> f32 [B, classes].
#include <algorithm>

#include "synfire/def/op_def.h"

namespace synfire {

struct OneHotOp {
  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "one_hot");
    if (in[0].dtype != DType::i32 || in[0].shape.rank() != 1) refuse(fmt::format("one_hot takes i32 labels [B], got {} {}", name_of(in[0].dtype), in[0].shape.str()));
    return {{DType::f32, {in[0].shape[0], attrs.integer("classes", 1)}}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    int64_t C = c.out[0].shape[1];
    std::fill_n(c.output(), c.out[0].shape.numel(), R(0));
    for (int64_t i = 0; i < c.in[0].shape[0]; ++i) c.output()[i * C + c.template input_as<int32_t>(0)[i]] = R(1);
  }
  static Values grad(Graph&, const Gradient&) { return {Value{}}; }
  static std::vector<Sample> samples() { return {{{{DType::i32, {4}}}, {{"classes", int64_t{3}}}, 0, 3}}; }
};
SYNFIRE_OP(OneHotOp, "one_hot", "Labels as rows with a one at the label. Stops the gradient.");

}  // namespace synfire

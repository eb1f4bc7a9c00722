// A constant: every element has the same value.
#include <algorithm>

#include "synfire/def/op_def.h"

namespace synfire {

struct FillOp {
  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 0, "fill");
    return {{DType::f32, shape_of(attrs.ints("shape"))}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    std::fill_n(c.output(), c.out[0].shape.numel(), static_cast<R>(c.attrs.real("value")));
  }
  static Kernel bind(const Binding& b) {
    float* y = b.out[0].f32();
    int64_t n = b.out[0].shape.numel();
    float value = static_cast<float>(b.attrs.real("value"));
    return {{1, [=](int) { std::fill_n(y, n, value); }}};
  }
  static Values grad(Graph&, const Gradient&) { return {}; }
  static std::vector<Sample> samples() { return {{{}, {{"value", 2.5}, {"shape", std::vector<int64_t>{3, 4}}}}}; }
};
SYNFIRE_OP(FillOp, "fill", "A constant of a given shape.");

}  // namespace synfire

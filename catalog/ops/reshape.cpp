// The same numbers under another shape: nothing moves.
#include <algorithm>

#include "synfire/def/op_def.h"

namespace synfire {

struct ReshapeOp {
  static constexpr Flags flags{.alias = true};
  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "reshape");
    Shape s = shape_of(attrs.ints("shape"));
    if (s.numel() != in[0].shape.numel()) refuse(fmt::format("{} cannot be seen as {}", in[0].shape.str(), s.str()), "the number of elements must stay");
    return {{in[0].dtype, s}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    const std::byte* from = static_cast<const std::byte*>(c.in[0].data);
    std::copy_n(from, c.in[0].shape.numel() * size_of(c.in[0].dtype), static_cast<std::byte*>(c.out[0].data));
  }
  static Values grad(Graph& g, const Gradient& c) { return {g.op("reshape", {c.dout[0]}, {{"shape", ints_of(c.in[0].shape())}})}; }
  static std::vector<Sample> samples() { return {{{{DType::f32, {3, 4}}}, {{"shape", std::vector<int64_t>{2, 6}}}}}; }
};
SYNFIRE_OP(ReshapeOp, "reshape", "The same numbers under another shape.");

}  // namespace synfire

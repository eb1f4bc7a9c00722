// Shape rule and samples of update ops.
#include "synfire/def/optimizer.h"

namespace synfire {

SYNFIRE_REGISTRY(OptimizerDef)

namespace detail {

Types infer_update(const Types& in, size_t slots) {
  expect_inputs(in, slots + 4, "an optimizer's update");
  for (size_t i = 1; i < slots + 2; ++i)
    if (!(in[i].shape == in[0].shape)) refuse(fmt::format("an update of {} is given {}", in[0].shape.str(), in[i].shape.str()));
  return Types(slots + 1, in[0]);
}

std::vector<Sample> samples_update(size_t slots, const Attrs& defaults) {
  std::vector<Sample> samples;
  for (Shape s : {Shape{5, 7}, Shape{1300}}) {
    Types in(slots + 2, Type{DType::f32, s});
    in.insert(in.end(), 2, Type{DType::f32, {1}});
    samples.push_back({in, defaults, 0.1, 1.5, 0});
  }
  return samples;
}

}  // namespace detail
}  // namespace synfire

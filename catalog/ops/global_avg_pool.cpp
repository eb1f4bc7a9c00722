// The mean of each channel over all pixels, [B, H, W, C] -> [B, C] (Lin et al. 2014), and its gradient, which is its transpose.
#include <algorithm>

#include "synfire/def/windows.h"

namespace synfire {

struct GlobalAvgPoolOp {
  static constexpr Flags flags{.epilogue = true};

  static Types infer(const Types& in, const Attrs&) {
    expect_inputs(in, 1, "global_avg_pool");
    expect_image(in[0], "global_avg_pool");
    return {{DType::f32, {in[0].shape[0], in[0].shape[3]}}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    const Shape& s = c.in[0].shape;
    std::fill_n(c.output(), c.out[0].shape.numel(), R(0));
    for (int64_t i = 0, n = s.numel(); i < n; ++i) c.output()[i / s.from(1) * s[3] + i % s[3]] += c.input(0)[i] / static_cast<R>(s[1] * s[2]);
  }
  static Kernel bind(const Binding& b) {
    const Shape& s = b.in[0].shape;
    int64_t N = s[0], pixels = s[1] * s[2], C = s[3];
    return {{global_avg_pool_slices(N, pixels, C), [=, x = b.in[0].f32(), y = b.out[0].f32(), epilogue = b.epilogue](int i) {
      global_avg_pool(N, pixels, C, i, x, y, epilogue);
    }}};
  }
  static Values grad(Graph& g, const Gradient& c) {
    return {g.op("global_avg_pool_grad", {c.dout[0]}, with_input({}, c.in[0].shape()))};
  }
  static std::vector<Sample> samples() {
    return {{{{DType::f32, {2, 5, 6, 3}}}, {}}, {{{DType::f32, {1, 8, 8, 20}}}, {}}, {{{DType::f32, {3, 1, 1, 16}}}, {}}, {{{DType::f32, {16, 16, 16, 20}}}, {}}};
  }
};
SYNFIRE_OP(GlobalAvgPoolOp, "global_avg_pool", "The mean of each channel over all pixels of an image.");

struct GlobalAvgPoolGradOp {
  static constexpr Flags flags{.epilogue = true};

  static Types infer(const Types& in, const Attrs& attrs) {
    expect_inputs(in, 1, "global_avg_pool_grad");
    std::vector<int64_t> hw = attrs.ints("input");
    if (in[0].shape.rank() != 2) refuse(fmt::format("global_avg_pool_grad takes [B, C], got {}", in[0].shape.str()));
    if (hw.size() != 2 || std::min(hw[0], hw[1]) < 1) refuse("global_avg_pool_grad needs input [height, width]");
    return {{DType::f32, {in[0].shape[0], hw[0], hw[1], in[0].shape[1]}}};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    const Shape& s = c.out[0].shape;
    for (int64_t i = 0, n = s.numel(); i < n; ++i) c.output()[i] = c.input(0)[i / s.from(1) * s[3] + i % s[3]] / static_cast<R>(s[1] * s[2]);
  }
  static Kernel bind(const Binding& b) {
    const Shape& s = b.out[0].shape;
    int64_t N = s[0], pixels = s[1] * s[2], C = s[3];
    return {{global_avg_pool_slices(N, pixels, C), [=, dy = b.in[0].f32(), dx = b.out[0].f32(), epilogue = b.epilogue](int i) {
      global_avg_pool_grad(N, pixels, C, i, dy, dx, epilogue);
    }}};
  }
  static Values grad(Graph& g, const Gradient& c) { return {g.op("global_avg_pool", {c.dout[0]})}; }
  static std::vector<Sample> samples() {
    using Ints = std::vector<int64_t>;
    return {{{{DType::f32, {2, 3}}}, {{"input", Ints{5, 6}}}}, {{{DType::f32, {1, 20}}}, {{"input", Ints{8, 8}}}}, {{{DType::f32, {16, 20}}}, {{"input", Ints{16, 16}}}}};
  }
};
SYNFIRE_OP(GlobalAvgPoolGradOp, "global_avg_pool_grad", "Gradient of global_avg_pool: each slope is shared out over its image.");

}  // namespace synfire

// Dropout (Srivastava et al. 2014): a number survives with probability 1 - p and is then divided by it. The mask is a pure
// function of (seed, stream, step, index), so that any thread makes the same one and the gradient keeps nothing.
#include <algorithm>

#include "synfire/base/random_block.h"
#include "synfire/def/op_def.h"

namespace synfire {
namespace {

struct Mask {
  Random random;
  uint32_t below;  // dropped where the random bits are below: p 2^32
  double scale;
  Mask(const Attrs& attrs, int64_t step)
      : random{static_cast<uint64_t>(attrs.integer("seed")), static_cast<uint32_t>(attrs.integer("stream")), static_cast<uint64_t>(step)},
        below(static_cast<uint32_t>(attrs.real("p") * 0x1p32)), scale(1 / (1 - attrs.real("p"))) {}
};

// Elements [first, last), in groups that begin at multiples of 4 kQuads.
template <class R>
void drop(const Mask& mask, const R* x, R* y, int64_t first, int64_t last) {
  constexpr int64_t kGroup = kRandomBlock;
  R scale = static_cast<R>(mask.scale);
  uint32_t bits[kGroup];
  for (int64_t group = first / kGroup * kGroup; group < last; group += kGroup) {
    random_bits(mask.random, static_cast<uint64_t>(group / 4), bits);
    int64_t from = std::max(first, group), to = std::min(last, group + kGroup);
    for (int64_t i = from; i < to; ++i) y[i] = x[i] * (bits[i - group] < mask.below ? R(0) : scale);
  }
}

}  // namespace

struct DropoutOp {
  static constexpr Flags flags{.epilogue = true};

  static Types infer(const Types& in, const Attrs& attrs) {  // x, step
    expect_inputs(in, 2, "dropout");
    if (in[1].dtype != DType::i64 || in[1].shape.numel() != 1) refuse(fmt::format("dropout takes the step as i64 [1], got {} {}", name_of(in[1].dtype), in[1].shape.str()));
    double p = attrs.real("p");
    if (!(p >= 0 && p < 1)) refuse(fmt::format("dropout with p = {} would leave nothing", p), "p is the part that is dropped, 0 to below 1");
    return {in[0]};
  }
  template <class R>
  static void reference(const Reference<R>& c) {
    drop(Mask(c.attrs, *c.template input_as<int64_t>(1)), c.input(0), c.output(), 0, c.out[0].shape.numel());
  }
  static Kernel bind(const Binding& b) {
    const float* x = b.in[0].f32();
    const int64_t* step = b.in[1].as<int64_t>();
    float* y = b.out[0].f32();
    int64_t n = b.in[0].shape.numel(), row = std::max<int64_t>(1, b.in[0].shape.rank() ? b.in[0].shape[-1] : 1), rows = n / row;
    int slices = static_cast<int>(std::clamp<int64_t>(std::min(rows, n / 4096), 1, 32));
    return {{slices, [=, attrs = b.attrs, epilogue = b.epilogue](int i) {
      Mask mask(attrs, *step);
      int64_t piece = std::max<int64_t>(1, 4096 / row), last = rows * (i + 1) / slices;  // rows that stay in cache for the epilogue
      for (int64_t r = rows * i / slices; r < last; r += piece) {
        int64_t end = std::min(last, r + piece);
        drop(mask, x, y, r * row, end * row);
        epilogue(y + r * row, r * row, (end - r) * row);
      }
    }}};
  }
  static Values grad(Graph& g, const Gradient& c) { return {g.op("dropout", {c.dout[0], c.in[1]}, c.attrs), Value{}}; }
  static std::vector<Sample> samples() {
    std::vector<Sample> v;
    for (Shape s : {Shape{3, 5}, Shape{2, 4, 5, 3}, Shape{70, 130}})
      v.push_back({{{DType::f32, s}, {DType::i64, {1}}}, {{"p", 0.4}, {"seed", int64_t{5}}, {"stream", int64_t{77}}}, -1, 9});
    return v;
  }
};
SYNFIRE_OP(DropoutOp, "dropout", "Numbers survive with probability 1 - p, then divided by it; the mask follows from seed, stream and step.");

}  // namespace synfire

// Sequences from samples that do not change.
#include "synfire/def/encoder.h"

#include <algorithm>

namespace synfire {

SYNFIRE_REGISTRY(EncoderDef)

Value encode(Builder& b, Value x, const Choice& encoder) {
  const EncoderDef* def = Registry<EncoderDef>::find(encoder.kind);
  if (!def) fail(Code::config, fmt::format("no encoder is called \"{}\"", encoder.kind), "`synfire list encoder` names them");
  if (def->op.empty() || b.steps == 1) return x;
  Attrs attrs = encoder.attrs;
  attrs.set("steps", b.steps), attrs.set("seed", int64_t(b.seed)), attrs.set("stream", int64_t{stream_of("encode")});
  Value y = b.op(def->op, {x, b.clock()}, attrs);
  b.spikes.insert(y.id);
  return y;
}

namespace detail {

Types infer_encode(const Types& in, const Attrs& attrs) {
  expect_inputs(in, 2, "an encoder");
  if (in[0].dtype != DType::f32 || in[0].shape.rank() < 1) refuse(fmt::format("an encoder takes f32 samples, got {} {}", name_of(in[0].dtype), in[0].shape.str()));
  if (in[1].dtype != DType::i64 || in[1].shape.numel() != 1) refuse(fmt::format("an encoder takes the step of training as i64 [1], got {} {}", name_of(in[1].dtype), in[1].shape.str()));
  int64_t steps = attrs.integer("steps");
  if (steps < 1) refuse(fmt::format("{} time steps", steps), "time.steps is 1 or more");
  Shape out = in[0].shape;
  out[0] *= steps;
  return {{DType::f32, out}};
}

std::vector<Sample> samples_encode(const Attrs& defaults) {
  std::vector<Sample> v;
  for (Shape s : {Shape{2, 5}, Shape{3, 4, 3, 2}, Shape{40, 300}}) {
    Attrs attrs = defaults;
    attrs.set("steps", int64_t{6}), attrs.set("seed", int64_t{5}), attrs.set("stream", int64_t{77});
    v.push_back({{{DType::f32, s}, {DType::i64, {1}}}, attrs, 0, 1});
  }
  return v;
}

int encode_slices(int64_t n) { return static_cast<int>(std::clamp<int64_t>(n / 1024, 1, 16)); }

}  // namespace detail
}  // namespace synfire

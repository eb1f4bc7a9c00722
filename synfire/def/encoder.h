// Encoders: how a sample that does not change becomes a sequence.
//
//   struct Rate {
//     struct P { float gain = 1, offset = 0; };  static constexpr Field<P> fields[] = {…};
//     // What element x puts out at step k of T; u: a random number in [0, 1), another one for each element and step.
//     static float at(float x, int k, int T, float u, const P& p);
//   };
//   SYNFIRE_ENCODER(Rate, "rate", "…");
//
// Becomes op "rate_encode"(x [B, …], clock) -> [T B, …]. The same seed gives the same spikes on any number of threads; in evaluation the clock
// stands still, so that a network says the same whenever it is asked.
#pragma once
#include "synfire/base/random_block.h"
#include "synfire/def/layer.h"

namespace synfire {

struct EncoderDef : Entry {
  std::string_view op;               // empty: what does not change stays so
};
SYNFIRE_REGISTRY_DECLARE(EncoderDef)

Value encode(Builder& b, Value x, const Choice& encoder);

namespace detail {
Types infer_encode(const Types& in, const Attrs&);
std::vector<Sample> samples_encode(const Attrs& defaults);
int encode_slices(int64_t n);

// Elements [first, last) of all steps: element e of step k is number k n + e.
template <class T, class R, class P>
void encode_range(const R* x, R* y, int64_t first, int64_t last, int64_t n, int steps, const Random& random, const P& p) {
  uint32_t bits[kRandomBlock];
  for (int k = 0; k < steps; ++k) {
    int64_t from = k * n + first, to = k * n + last, own = k * n;
    for (int64_t block = from / kRandomBlock * kRandomBlock; block < to; block += kRandomBlock) {
      random_bits(random, uint64_t(block / 4), bits);
      int64_t b0 = std::max(from, block), b1 = std::min(to, block + kRandomBlock);
      for (int64_t i = b0; i < b1; ++i) y[i] = R(T::at(float(x[i - own]), k, steps, float(bits[i - block] >> 8) * 0x1p-24f, p));
    }
  }
}
inline Random random_of(const Attrs& attrs, int64_t clock) { return {uint64_t(attrs.integer("seed")), uint32_t(attrs.integer("stream")), uint64_t(clock)}; }
}  // namespace detail

template <class T>
__attribute__((cold)) bool add_encoder(std::string_view name, std::string_view doc, std::string_view file) {
  using P = typename ParamsOf<T>::type;
  EncoderDef d;
  d.role = "encoder", d.name = name, d.doc = doc, d.file = file, d.params = infos_of<T>();
  if constexpr (requires { T::at; }) {
    OpDef op;
    d.op = kept(fmt::format("{}_encode", name));
    op.role = "op", op.name = d.op, op.file = file, op.doc = kept(fmt::format("Sequences by {}. Stops the gradient.", name));
    op.infer = detail::infer_encode;
    op.reference_f32 = [](const Reference<float>& c) {
      int64_t n = c.in[0].shape.numel();
      detail::encode_range<T>(c.input(0), c.output(), 0, n, n, int(c.attrs.integer("steps")), detail::random_of(c.attrs, *c.input_as<int64_t>(1)), params_of<T>(c.attrs));
    };
    op.reference_f64 = [](const Reference<double>& c) {
      int64_t n = c.in[0].shape.numel();
      detail::encode_range<T>(c.input(0), c.output(), 0, n, n, int(c.attrs.integer("steps")), detail::random_of(c.attrs, *c.input_as<int64_t>(1)), params_of<T>(c.attrs));
    };
    op.bind = [](const Binding& b) -> Kernel {
      int64_t n = b.in[0].shape.numel();
      int slices = detail::encode_slices(n);
      return {{slices, [=, x = b.in[0].f32(), clock = b.in[1].as<int64_t>(), y = b.out[0].f32(), attrs = b.attrs, p = params_of<T>(b.attrs)](int i) {
        detail::encode_range<T, float, P>(x, y, n * i / slices, n * (i + 1) / slices, n, int(attrs.integer("steps")), detail::random_of(attrs, *clock), p);
      }}};
    };
    Attrs defaults;
    for (const ParamInfo& p : d.params) defaults.set(p.name, p.fallback);
    op.samples = detail::samples_encode(defaults);
    Registry<OpDef>::add(op);
  }
  return Registry<EncoderDef>::add(d);
}

#define SYNFIRE_ENCODER(T, name, doc) static const bool registered_encoder_##T = ::synfire::add_encoder<T>(name, doc, __FILE__)

}  // namespace synfire

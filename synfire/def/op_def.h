// How a file in catalog/ops becomes an OpDef: a struct with a shape rule, a reference and whatever else it has.
//
//   struct Transpose {
//     static Types infer(const Types& in, const Attrs&);                       // required: the shape rule
//     template <class R> static void reference(const Reference<R>&);           // required: the naive kernel
//     static Kernel bind(const Binding&);                                      // fast float kernel
//     static Workspace workspace(const Types& in, const Attrs&);
//     static Values grad(Graph&, const Gradient&);                             // or expand: the same in simpler ops
//     static Values expand(Graph&, const Values& in, const Attrs&);
//     static double flops(const Types& in, const Attrs&);
//     static constexpr Flags flags{…};
//     static std::vector<Sample> samples();                                    // required
//   };
//   SYNFIRE_OP(Transpose, "transpose", "Swaps the two dimensions of a matrix.");
#pragma once
#include "synfire/base/format.h"
#include "synfire/graph/graph.h"

namespace synfire {

template <class T>
OpDef op_def(std::string_view name, std::string_view doc, std::string_view file) {
  OpDef d;
  d.role = "op", d.name = name, d.doc = doc, d.file = file;
  d.infer = T::infer;
  d.reference_f32 = [](const Reference<float>& c) { T::template reference<float>(c); };
  d.reference_f64 = [](const Reference<double>& c) { T::template reference<double>(c); };
  if constexpr (requires { T::bind; }) d.bind = T::bind;
  if constexpr (requires { T::workspace; }) d.workspace = T::workspace;
  if constexpr (requires { T::exact_workspace; }) d.exact_workspace = T::exact_workspace;
  if constexpr (requires { T::grad; }) d.grad = T::grad;
  if constexpr (requires { T::expand; }) d.expand = T::expand;
  if constexpr (requires { T::flops; }) d.flops = T::flops;
  if constexpr (requires { T::flags; }) d.flags = T::flags;
  if constexpr (requires { T::tolerance; }) d.tolerance = T::tolerance;
  d.samples = T::samples();
  return d;
}

#define SYNFIRE_OP(T, name, doc) \
  static const bool registered_op_##T = ::synfire::Registry<::synfire::OpDef>::add(::synfire::op_def<T>(name, doc, __FILE__))

// Refuses in a shape rule: what was expected, what came.
[[noreturn]] inline void refuse(std::string message, std::string hint = {}) { fail(Code::shape, std::move(message), std::move(hint)); }
inline void expect_inputs(const Types& in, size_t n, std::string_view op) {
  if (in.size() != n) refuse(fmt::format("{} takes {} inputs, got {}", op, n, in.size()));
}
inline Types types_of(std::span<const View> views) {
  Types t;
  for (const View& v : views) t.push_back({v.dtype, v.shape});
  return t;
}

// The shape that a and b broadcast to, as in NumPy: aligned at the last dimension, 1 stretches.
Shape broadcast(const Shape& a, const Shape& b);
// Sums `v` down to `shape`, which broadcasts to v's shape: the gradient of broadcasting.
Value sum_to(Graph& g, Value v, const Shape& shape);
inline std::vector<int64_t> ints_of(const Shape& s) { return {s.begin(), s.end()}; }
inline Shape shape_of(const std::vector<int64_t>& v) { Shape s; for (int64_t d : v) s.push_back(d); return s; }

}  // namespace synfire

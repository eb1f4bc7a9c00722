// Shape rule, gradient rule and samples that all elementwise ops share.
#include "synfire/def/elementwise.h"

#include <deque>

namespace synfire {

std::string_view kept(std::string name) {
  static std::deque<std::string> names;
  return names.emplace_back(std::move(name));
}

namespace detail {

Types infer_elementwise(const Types& in, size_t n) {
  if (in.size() != n) refuse(fmt::format("an elementwise op takes {} inputs, got {}", n, in.size()));
  Shape s = in[0].shape;
  for (const Type& t : in) {
    if (t.dtype != DType::f32) refuse(fmt::format("an elementwise op works on f32, got {}", name_of(t.dtype)));
    s = broadcast(s, t.shape);
  }
  return {{DType::f32, s}};
}

Values grad_elementwise(Graph& g, const Gradient& c, std::string_view name) {
  Values d;
  for (size_t i = 0; i < c.in.size(); ++i) {
    Value slope = g.op(fmt::format("{}_d{}", name, i), c.in, c.attrs);
    d.push_back(sum_to(g, g.op("mul", {c.dout[0], slope}), c.in[i].shape()));
  }
  return d;
}

std::vector<Sample> samples_elementwise(size_t n, double low, double high, const Attrs& attrs) {
  std::vector<Sample> samples;
  samples.push_back({Types(n, Type{DType::f32, {3, 5}}), attrs, low, high, 0});
  samples.push_back({Types(n, Type{DType::f32, {1037}}), attrs, low, high, 0});
  if (n == 2) {
    samples.push_back({{{DType::f32, {4, 3, 5}}, {DType::f32, {5}}}, attrs, low, high, 0});
    samples.push_back({{{DType::f32, {4, 1}}, {DType::f32, {4, 6}}}, attrs, low, high, 0});
    samples.push_back({{{DType::f32, {7}}, {DType::f32, {}}}, attrs, low, high, 0});
  }
  return samples;
}

}  // namespace detail
}  // namespace synfire

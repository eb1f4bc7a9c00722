// Fitting, and the way into and out of checkpoints.
#include "synfire/data/fitted.h"

#include <algorithm>

#include "synfire/base/format.h"

namespace synfire {

Fitted Fitted::fit(const std::vector<Summary>& summaries, const std::vector<Choice>& transforms) {
  Fitted f;
  for (Summary s : summaries) {
    Line whole;
    for (const Choice& t : transforms) {
      const TransformDef* def = Registry<TransformDef>::find(t.kind);
      if (!def) fail(Code::config, fmt::format("no transform is called \"{}\"", t.kind), "`synfire list transform` names them");
      Line line = def->fit(s, t.attrs);
      whole = whole.then(line);
      // A line of a column has the line's own mean and range; no second look at the data is needed.
      double low = s.low * line.scale + line.offset, high = s.high * line.scale + line.offset;
      s = {s.mean * line.scale + line.offset, s.deviation * std::abs(line.scale), std::min(low, high), std::max(low, high)};
    }
    f.scale.push_back(float(whole.scale)), f.offset.push_back(float(whole.offset));
  }
  return f;
}

std::map<std::string, Tensor> Fitted::tensors() const {
  Shape shape{int64_t(scale.size())};
  return {{"transform.scale", Tensor::of<float>(DType::f32, shape, scale)}, {"transform.offset", Tensor::of<float>(DType::f32, shape, offset)}};
}

Fitted Fitted::from(const std::map<std::string, Tensor>& tensors, int64_t columns) {
  auto values = [&](const char* name) {
    auto it = tensors.find(name);
    if (it == tensors.end()) fail(Code::data, fmt::format("the checkpoint has no \"{}\"", name));
    if (it->second.dtype != DType::f32 || it->second.shape != Shape{columns})
      fail(Code::data, fmt::format("\"{}\" has shape {}, the data has {} columns", name, it->second.shape.str(), columns), "the run was made with other data");
    auto span = it->second.span<float>();
    return std::vector<float>(span.begin(), span.end());
  };
  return {values("transform.scale"), values("transform.offset")};
}

}  // namespace synfire

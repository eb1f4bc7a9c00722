// Fitted: the transforms of a run as numbers, one line a column. They belong to the model: a checkpoint keeps them.
#pragma once
#include <map>
#include <string>

#include "synfire/data/summary.h"

namespace synfire {

struct Fitted {
  std::vector<float> scale, offset;  // [columns]; y = scale x + offset, x in the dataset's unit

  // Fits a chain of transforms, each to what the one before it makes of the training part.
  static Fitted fit(const std::vector<Summary>& summaries, const std::vector<Choice>& transforms);

  // As "transform.scale" and "transform.offset", f32 [columns]. The other way round Failure(Code::data) when they are absent
  // or do not have as many columns as the data.
  std::map<std::string, Tensor> tensors() const;
  static Fitted from(const std::map<std::string, Tensor>& tensors, int64_t columns);
  bool operator==(const Fitted&) const = default;
};

}  // namespace synfire

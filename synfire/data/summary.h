// Summaries of columns: mean, deviation and range of each feature, or of each channel of an image, over some rows.
#pragma once
#include <span>

#include "synfire/def/dataset.h"
#include "synfire/def/transform.h"

namespace synfire {

// [columns] of the dataset, in units of what is stored times dataset.unit. Exact for bytes; two passes in double for floats.
std::vector<Summary> summarize(const Dataset& d, std::span<const int64_t> rows);

}  // namespace synfire

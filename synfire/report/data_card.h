// The data card: what the data of a run are, so that most mistakes in them are seen before anything else is blamed.
#pragma once
#include "synfire/data/source.h"

namespace synfire {

// {"split": {"train", "validation", "test"}, "bytes", "balance": i32 [class][part], "columns": [{"name", "mean", "deviation", "low", "high",
// "bins": […]}], "targets": the same, "examples": [[class, [picture…]]…],
// "warnings" and "told": lines of the audit and of what was decided for the user, "augment", "transform"}: columns are features, or
// channels of an image; ranges are of the training part, in the dataset's unit, before transforms.
Node data_card(const Source& source);

}  // namespace synfire

// evaluate(): a model on rows of a dataset, without learning.
#pragma once
#include <functional>

#include "synfire/data/source.h"
#include "synfire/train/metrics.h"
#include "synfire/train/model.h"

namespace synfire {

// Gets each batch: rows of the dataset, what the network put out for them.
using EachBatch = std::function<void(std::span<const int64_t> rows, const View& output)>;

// In batches of settings.eval_batch, in the order of the rows.
Metrics evaluate(Model& model, const Dataset& data, const std::vector<int64_t>& rows, const Fitted& fitted, const EachBatch& each = {});

// The loss that the model's loss function gives one sample, from its output alone (for lists of predictions): minus the log of
// the label's probability, or the mean squared error.
double sample_loss(const Dataset& data, int64_t row, const float* output);

}  // namespace synfire

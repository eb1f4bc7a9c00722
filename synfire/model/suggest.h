// Suggest: a network and a training that suit the data, for model files that name none.
#pragma once
#include "synfire/base/tree.h"
#include "synfire/model/net.h"

namespace synfire {

// A perceptron for vectors; for images a convolutional net whose depth follows from their size: halved until 8 pixels or fewer are left.
std::string default_layers(const DataInfo& data);
// Keys of [train]: batches and epochs by the number of rows, so that a small table gets enough steps and a large one not too many.
std::string default_training(const DataInfo& data);

// The file's tree with both put in where it has no layers; what its [train] says stays. Marked Origin::fallback.
Node with_network(const Node& tree, const DataInfo& data);

}  // namespace synfire

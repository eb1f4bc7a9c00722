// Recurrent layers: cells with gates, several of them on top of each other, in one or both directions; parameters are named and laid out as
// in PyTorch's nn.RNN, nn.LSTM and nn.GRU, so that their weights can be taken over.
#pragma once
#include "synfire/def/layer.h"
#include "synfire/def/scan.h"

namespace synfire {

struct RecurrentParams {
  int units = required;
  int layers = 1;
  bool bidirectional = false;
  std::string output = "last";
  Choice init{"torch", {}};
};
const std::vector<Field<RecurrentParams>>& recurrent_fields();

// x: a sequence [T B, F], or an image, flattened. Gives the last step [B, units] or the whole sequence [T B, units]; twice as wide in both directions,
// where the last step of the backward one is step 0.
Value build_recurrent(Builder& b, Value x, const RecurrentParams& p, std::string_view op, int gates, const Attrs& cell);

}  // namespace synfire

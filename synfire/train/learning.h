// Learning added to a traced network: regularisers, gradients, clipping, one optimizer step a parameter. Graph to graph.
#pragma once
#include "synfire/model/net.h"

namespace synfire {

struct Learning {
  Value lr, step;      // inputs f32 [1]: the rate of this step; its number, counted from 1
  Value loss;          // what is made small: the network's loss and the regularisers
  Values parameters, gradients;  // of that loss, as they come, before clipping
};

inline constexpr std::string_view kSlotPrefix = "optimizer/";  // of the names of optimizer slots: "optimizer/conv1.weight/mean"

// L1 and L2 are of weights (matrices and kernels), not of biases and norms. Clipping comes before the optimizer's own weight decay.
Learning add_learning(Traced& traced, const Net& net, const TrainSettings& settings);

}  // namespace synfire

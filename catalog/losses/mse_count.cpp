// Squared distance of the counts of spikes from wanted rates: snnTorch's mse_count_loss, mean((count - T rate)^2) / T.
#include "synfire/def/loss.h"

namespace synfire {

struct MseCountLoss {
  struct P { double right = 0.8, wrong = 0.2; };
  static constexpr Field<P> fields[] = {
      {"right", &P::right, "", 0, 1, "part of the steps in which the right class should fire"},
      {"wrong", &P::wrong, "", 0, 1, "part of the steps in which the others should"}};
  static constexpr Target target = Target::classes;
  static constexpr bool needs_spikes = true;
  static TimeLoss over_time(Graph& g, const Sequence& s, Value labels, const P& p) {
    double steps = double(s.steps);
    Value count = g.op("sum_over_time", {s.output}, {{"steps", s.steps}});
    Value one = g.op("one_hot", {labels}, {{"classes", s.output.shape()[1]}});
    Value wanted = g.op("add_scalar", {g.op("scale", {one}, {{"value", steps * (p.right - p.wrong)}})}, {{"value", steps * p.wrong}});
    Value off = g.op("square", {g.op("sub", {count, wanted})});
    return {g.op("scale", {g.op("mean", {off})}, {{"value", 1 / steps}}), count};
  }
};
SYNFIRE_LOSS(MseCountLoss, "mse_count", "For classes, over time: squared distance of the numbers of spikes from wanted ones.");

}  // namespace synfire

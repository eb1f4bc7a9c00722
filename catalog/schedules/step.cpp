// The rate is multiplied by a factor every so many epochs.
#include <algorithm>
#include <cmath>

#include "synfire/def/schedule.h"

namespace synfire {

struct StepSchedule {
  struct P { int every = 10; double factor = 0.1; };
  static constexpr Field<P> fields[] = {{"every", &P::every, "epochs", 1, 1e6, "epochs between two falls"},
                                        {"factor", &P::factor, "", 0, 1, "what the rate is multiplied by"}};
  static double at(const Progress& k, const P& p) {
    return std::pow(p.factor, static_cast<double>(k.step / std::max<int64_t>(1, k.per_epoch) / p.every));
  }
};
SYNFIRE_SCHEDULE(StepSchedule, "step", "Falls by a factor every so many epochs.");

}  // namespace synfire

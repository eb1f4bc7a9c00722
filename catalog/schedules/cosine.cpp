// Half a cosine from 1 down to a floor over the whole run; stays there. Loshchilov & Hutter 2017, eq. 5 without restarts.
#include <algorithm>
#include <cmath>

#include "synfire/def/schedule.h"

namespace synfire {

struct CosineSchedule {
  struct P { double floor = 0; };
  static constexpr Field<P> fields[] = {{"floor", &P::floor, "", 0, 1, "share of the rate that is left at the end"}};
  static double at(const Progress& k, const P& p) {
    double t = std::min(1.0, static_cast<double>(k.step) / static_cast<double>(std::max<int64_t>(1, k.total)));
    return p.floor + (1 - p.floor) * 0.5 * (1 + std::cos(3.14159265358979323846 * t));
  }
};
SYNFIRE_SCHEDULE(CosineSchedule, "cosine", "Half a cosine down to a floor.");

}  // namespace synfire

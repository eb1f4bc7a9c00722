// Up to the rate and down to almost nothing, along cosines. Smith & Topin 2018, with PyTorch's numbers.
#include <algorithm>
#include <cmath>

#include "synfire/def/schedule.h"

namespace synfire {

struct OneCycleSchedule {
  struct P { double up = 0.3, div = 25, final_div = 1e4; };
  static constexpr Field<P> fields[] = {{"up", &P::up, "", 0, 1, "share of the run that goes up"},
                                        {"div", &P::div, "", 1, 1e9, "the first rate is the highest over this"},
                                        {"final_div", &P::final_div, "", 1, 1e12, "the last rate is the first over this"}};
  static double anneal(double a, double b, double t) { return b + (a - b) / 2 * (1 + std::cos(3.14159265358979323846 * t)); }
  static double at(const Progress& k, const P& p) {
    double total = static_cast<double>(k.total), step = std::min(static_cast<double>(k.step), total - 1);
    double peak = p.up * total - 1, end = total - 1, first = 1 / p.div;
    if (step <= peak) return peak > 0 ? anneal(first, 1, step / peak) : 1;
    return anneal(1, first / p.final_div, (step - peak) / std::max(1e-12, end - peak));
  }
};
SYNFIRE_SCHEDULE(OneCycleSchedule, "one_cycle", "Up, then down to almost nothing: fast training in few epochs.");

}  // namespace synfire

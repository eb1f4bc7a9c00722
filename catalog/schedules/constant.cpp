// The same rate all along.
#include "synfire/def/schedule.h"

namespace synfire {

struct ConstantSchedule {
  static double at(const Progress&, const NoParams&) { return 1; }
};
SYNFIRE_SCHEDULE(ConstantSchedule, "constant", "The same rate all along.");

}  // namespace synfire

// All zero.
#include <algorithm>
#include <cmath>

#include "synfire/def/initializer.h"

namespace synfire {

struct ZerosInit {
  static void fill(const Initial& to, const NoParams&) {
    std::fill_n(to.data, to.size(), 0.f);
  }
};
SYNFIRE_INITIALIZER(ZerosInit, "zeros", "All zero.");

}  // namespace synfire

// All one.
#include <algorithm>
#include <cmath>

#include "synfire/def/initializer.h"

namespace synfire {

struct OnesInit {
  static void fill(const Initial& to, const NoParams&) {
    std::fill_n(to.data, to.size(), 1.f);
  }
};
SYNFIRE_INITIALIZER(OnesInit, "ones", "All one.");

}  // namespace synfire

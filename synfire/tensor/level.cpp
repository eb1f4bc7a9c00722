// Each level's library answers with what it was compiled for.
#include "synfire/tensor/level.h"

#include "synfire/tensor/vec.h"

namespace synfire {

const char* level_name() { return kLanes == 16 ? "x86-64-v4" : kLanes == 8 ? "x86-64-v3" : "x86-64"; }
int level_lanes() { return kLanes; }

}  // namespace synfire

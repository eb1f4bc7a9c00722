// TimeSettings: the [time] table of a model file: how many steps, how long each, and how samples that do not change become sequences.
#pragma once
#include "synfire/base/shape.h"
#include "synfire/def/param.h"

namespace synfire {

struct TimeSettings {
  int steps = 0;                     // 0: the network knows no time, or takes as many steps as its samples have
  float dt = 1;                      // ms
  float duration = 0;                // ms; in place of steps
  Choice encode{"direct", {}};
  std::string over;                  // "rows" or "pixels": an image is gone through, top to bottom; "": all of it at every step

  Where where;                       // of [time] in the file

  static std::span<const Field<TimeSettings>> fields();
};

// `tree` is the whole file; mistakes go to problems. steps is worked out from duration.
TimeSettings read_time(const Node& tree, Problems& problems);

// Steps that a network of these settings goes through with such samples: 1 where it knows no time.
int64_t steps_of(const TimeSettings& t, const Shape& sample);

}  // namespace synfire

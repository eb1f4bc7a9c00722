// Findings: what is wrong with a training, in plain words, with where it is and what to do. They are judged from the whole run's
// measurements, its data and its settings. Thresholds follow the field's definitions of gradient and activity health; a finding that
// may be a consequence of another comes after it or is left out.
#pragma once
#include "synfire/inspect/health_log.h"
#include "synfire/inspect/measure.h"
#include "synfire/train/job.h"
#include "synfire/train/metrics.h"
#include "synfire/train/run_folder.h"

namespace synfire {

struct Finding {
  std::string name;                  // "dying_relu" …: what programs look for
  bool severe = false;               // nothing can be learned like this
  std::string layer;                 // empty: of the data or the whole network
  Where where;
  int64_t step = 0;                  // when it was seen first, counted from 1
  std::string message, hint;
  std::string str() const;           // "examples/a.toml:12: warning: dying_relu: … Hint: …"
};

struct Course {                      // of a run so far
  const Job& job;
  const std::vector<Measurement>& measured;
  std::vector<Epoch> epochs = {};    // all of them, also of sessions before
  Metrics validation = {};           // the last; of classes with its confusion matrix
  int64_t steps = 0;                 // of the whole run
  bool diverged = false;             // a number was not finite: the run was stopped
  int64_t at = 0;                    // at this step
};

std::vector<Finding> judge_data(const Job& job);       // unscaled_input, leaking_feature: told before the first step
std::vector<Finding> judge_start(const Course& course);  // exploding_gradients of a network that has not learned yet
std::vector<Finding> judge_course(const Course& course);  // all that the measurements tell, judge_start included

// health.json: {"findings":[{"name":…,"severity":"severe" or "warning","layer":…,"where":"a.toml:12","step":N,"message":…,"hint":…}]}
std::string json_of(const std::vector<Finding>& findings);

}  // namespace synfire

// Jobs that a run folder remembers, for verbs that work on runs.
#pragma once
#include "synfire/train/job.h"
#include "synfire/train/run_folder.h"

namespace synfire {

// From run.json's config; overrides as on the command line. Failure(data) when the data are not those of the run (unless the overrides
// change them).
Job open_run(const RunFolder& folder, const Node& info, const std::vector<std::string>& overrides, int threads);

// The same without the data: source.data has names, shape and unit of the samples, and no rows. Weights are loaded (see load_run_weights).
Job open_trained(const RunFolder& folder, const std::string& weights, int threads);

}  // namespace synfire

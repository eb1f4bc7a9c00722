// The report at the end of a training.
#pragma once
#include "synfire/report/collect.h"

namespace synfire::cli {

// Writes RUN/report.html and gives the line that says so. finished: the job holds the weights that are to be judged; else they are read from
// the run's checkpoints. What goes wrong is told, and never fails the training.
std::string report_after(const RunFolder& folder, Job& job, RunState state);

}  // namespace synfire::cli

// Session: a training run at the command line, fresh or gone on with: banner, progress, Ctrl-C, what is left in the run folder and said
// at the end. `train` and `resume` are its two ways in.
#pragma once
#include "synfire/cli/command.h"
#include "synfire/cli/progress.h"
#include "synfire/train/job.h"

namespace synfire::cli {

struct Resumption { Node info; bool longer = false; };  // run.json as it shall be from here on; longer: the run was finished and gets more to do

// Trains to the end, writes predictions.csv, confusion.csv and the result into run.json. Gives the exit code. resumption: null for a
// fresh run; its run.json is written when the checkpoint has turned out to fit, so that a refused resume changes nothing.
// warnings: of the data's audit, told in the banner.
int run_session(const Command& c, Job& job, RunFolder& folder, Progress& progress, const Resumption* resumption, const std::vector<std::string>& warnings = {});

}  // namespace synfire::cli

// Record: what a run folder says of its run in run.json, before it starts and when it has ended. The command line and programs that use
// the library leave the same.
#pragma once
#include "synfire/train/job.h"
#include "synfire/train/trainer.h"

namespace synfire {

struct RunOrigin {
  std::string model_file, folder;      // the file may be "": a text; paths in it are relative to folder
  std::vector<std::string> overrides;
};

// What run.json says of a run before it starts: everything that is needed to do it again.
Node run_info(const Job& job, const RunOrigin& origin);

// The test (into outcome), predictions.csv, confusion.csv, and the result in run.json.
void conclude(Job& job, RunFolder& folder, Outcome& outcome);

// What ended a run before its time, into run.json, so that its report can say it.
void remember(const Error& e, const RunFolder& folder);

}  // namespace synfire

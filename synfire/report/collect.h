// Collecting: everything that the report shows of one run, from its folder and, where the data are at hand, from its trained network.
#pragma once
#include "synfire/report/curves.h"
#include "synfire/train/job.h"
#include "synfire/train/run_folder.h"

namespace synfire {

// How a run stands. training: somebody is at work in the folder now.
enum class RunState { finished, interrupted, diverged, training };
RunState state_of(const RunFolder& folder, const Node& info);

struct Trained {
  Job* job = nullptr;    // with the weights that are to be judged; null: there is only what the files of the folder say
  std::string weights;   // where they are from, for people; empty: there are none worth judging
};

// {"name", "path", "state", "notes", "info": run.json, "model_text", "curves", "health", and with a job "data", "network", "judged";
// without one "judged" from confusion.csv and predictions.csv}. What is damaged is left out and named in notes. Throws Failure only
// where the network itself fails.
Node collect_run(const RunFolder& folder, const Node& info, RunState state, Trained trained, Notes notes);

}  // namespace synfire

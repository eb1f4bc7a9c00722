// Saved: what a run folder still says of the network's answers when its data are not at hand: confusion.csv and predictions.csv.
#pragma once
#include "synfire/report/curves.h"
#include "synfire/train/run_folder.h"

namespace synfire {

// As judge() gives it, but samples without picture, features and second guesses; kind none when there are no such files.
Node read_saved(const RunFolder& folder, const Node& info, Notes& notes);

}  // namespace synfire

// Curves of a run, read from its logs: metrics.jsonl (every step and epoch), metrics.csv (seconds), health.jsonl and health.json.
// Logs of a run that was killed may end inside a line; what cannot be read is left out and counted.
#pragma once
#include <string>
#include <vector>

#include "synfire/base/tree.h"

namespace synfire {

using Notes = std::vector<std::string>;  // what a reader of the report should know about its making, in plain words

// {"first": N, "loss": f32, "rate": f32, "steps": i32 (only when they do not simply count), "epochs": [{"step", "epoch", "seconds",
// "train": {…}, "validation": {…}, "best"}]}: f32 and i32 are packed. Every point of the log is in it.
Node read_curves(const std::string& run, Notes& notes);

// {"steps": i32, "layers": [{"name", "kind", "weight_norm": f32, … , "histograms": [{"step", "weights": {"min", "max", "counts"}, …}]}],
// "findings": […]}; a node of kind none when the run has neither file. What is not measured is NaN.
Node read_health(const std::string& run, Notes& notes);

}  // namespace synfire

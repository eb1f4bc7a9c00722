// Tables that verbs show to people: what the data are, what the network is, what it will take.
#pragma once
#include "synfire/train/job.h"

namespace synfire::cli {

std::string data_table(const Source& source, const std::vector<std::string>& warnings);  // of the data's audit
std::string model_table(const std::vector<LayerRow>& rows, int64_t parameters);

// Most memory that training this job will hold, in bytes: what the process holds now, with the data, and what plans, parameters,
// slots and the writing of a checkpoint add. Makes the plans of training and evaluation.
struct MemoryEstimate { double before, data, model, plans, checkpoint, peak; };
MemoryEstimate estimate_memory(Job& job);

std::string level_name();  // which library runs: "x86-64-v3", "baseline" …

}  // namespace synfire::cli

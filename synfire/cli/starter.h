// Starter: a model file for data that nobody has described yet, with comments that tell what is in the data and what may be changed.
#pragma once
#include "synfire/train/job.h"

namespace synfire::cli {

struct Starter {
  std::string text;                 // the model file
  std::vector<std::string> said;    // what was decided, a line each
};

// words: a table (CSV, NPZ), a folder (pictures, IDX files) or an IDX pair. target: a column of a table, "" to choose one. folder: where the
// file will lie; paths in it are relative to that. The data are read as the file says, so that it trains as it is; throws Failure where they cannot be.
Starter starter_for(const std::vector<std::string>& words, const std::string& target, const std::string& folder, Pool& pool);

std::string one_line(std::string s);  // for comments: what is no letter becomes a blank

// The [data] table of CSV files, and a comment a column. In starter_table.cpp.
struct TableStart { std::string data, comments; std::vector<std::string> said; bool pictures = false; };
TableStart start_table(const std::string& file, const std::string& path, const std::string& target);

}  // namespace synfire::cli

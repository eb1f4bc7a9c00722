// Pictures: many files to one array of samples, decoded on the worker pool.
#pragma once
#include "synfire/def/dataset.h"

namespace synfire {

struct PictureOptions {
  int64_t height = 0, width = 0;  // all are brought to this size; 0: all must have one size, which is taken
  int64_t channels = 0;           // 1 grey, 3 colour; 0: colour where one file is
  bool skip = false;              // files that cannot be read are left out, and noted
};

struct Pictures {
  Tensor x;                            // u8 [read, H, W, C]
  std::vector<size_t> read;            // places in the list of files, ascending
  std::vector<std::string> unreadable; // "file: why", of those left out
  int64_t resized = 0;
};

// What the headers of some files say, for those who have to choose a size. Files that cannot be read are left out of it.
struct PictureSurvey {
  int64_t height = 0, width = 0;       // the commonest size, made smaller where it is large
  int64_t sizes = 0;                   // different ones
};
PictureSurvey survey_pictures(const std::vector<std::string>& files, Pool* pool);

// Problems: files that cannot be read (the first five with their reasons, and their number), sizes that differ (each with its number of
// files), more than memory can hold. `what` names the set in messages: a folder. pool may be null.
Pictures read_pictures(const std::vector<std::string>& files, const std::string& what, const PictureOptions& options, Pool* pool, Problems& problems);

}  // namespace synfire

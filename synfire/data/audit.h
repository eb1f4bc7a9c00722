// Audit: what should be looked at in the data before a network is blamed. Every row is read once.
#pragma once
#include "synfire/data/source.h"
#include "synfire/data/summary.h"

namespace synfire {

struct Duplicates {
  int64_t test = 0, validation = 0;      // samples of these parts that the training part has, too
  int64_t within = 0;                    // of the training part, that it has more than once (each beyond the first)
  int64_t conflicting = 0;               // whose twin has another answer, in any part
  std::pair<int64_t, int64_t> leak{-1, -1}, conflict{-1, -1};  // the first of each: a row and its twin
};

struct Audit {
  Duplicates duplicates;
  std::vector<Summary> columns;          // of the training part, in the dataset's unit: features, or channels
  std::vector<size_t> constant;          // columns that have one value in the whole training part
  std::vector<int64_t> counts[3];        // samples of each class, by part; empty when the target is numbers
  std::vector<std::string> warnings;     // a line each: what is odd, and what to do about it
};
Audit audit(const Source& source);

// What a run keeps as data.json, for people and programs: {"name", "rows", "sample", "task", "parts": {"train": N …}, "classes": [{"name", "train",
// "validation", "test"}], "columns": [{"name", "kind", "missing", "mean", "deviation", "low", "high"} or, of categories, {"name", "kind",
// "missing", "levels": {name: rows to train on}}], "targets", "duplicates": {…}, "unreadable": […], "notes": […], "warnings": […]}.
Node data_node(const Source& source, const Audit& audit);

}  // namespace synfire

// Split: which rows of a dataset train, which choose the best moment, which judge in the end.
#pragma once
#include "synfire/def/dataset.h"

namespace synfire {

struct Split {
  std::vector<int64_t> train, validation, test;  // ascending
  const std::vector<int64_t>& operator[](Part part) const { return part == Part::train ? train : part == Part::validation ? validation : test; }
  bool operator==(const Split&) const = default;
};

// split = {train = 0.7, validation = 0.15, test = 0.15, seed = 0}: fractions of the rows that the source leaves open.
// Negative: not given. The seed is the split's own, so that runs with other seeds are judged on the same rows.
struct Fractions {
  double train = -1, validation = -1, test = -1;
  int64_t seed = 0;
};
Fractions read_fractions(const Node* split, Problems& problems);  // null: nothing is given

// Rows whose part the source says keep it. Where it says nothing: 0.15 validation and 0.15 test by default; where it has a
// test part but no validation part: 0.1 of the training part. Stratified: every class has its share in each part, to one row.
// Throws Failure(Code::data) when nothing is left to train on, Failure(Code::config) when the fractions ask for what the source has.
Split make_split(const Dataset& d, const Fractions& fractions, const Where& where = {});

std::string split_csv(const Split& split);  // "row,split" and a line a row, in the order of rows
}  // namespace synfire

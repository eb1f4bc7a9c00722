// Samples without targets, to be predicted: rows of numbers or pictures in the formats that people have them in.
#pragma once
#include "synfire/def/dataset.h"

namespace synfire {

// A dataset with the samples of a file and the shape, unit and names of `like`; its labels (or targets) are zeros. CSV: a column a feature,
// by name where there is a header that has them all (others are left alone), else in order; NPY, NPZ (array x), IDX: pictures or rows.
// "-" is CSV on stdin. Throws Failure(Code::data) with all that is wrong.
Dataset read_samples(const std::string& path, const Dataset& like);

// The same for rows that a program has, each with a cell for every column of table_of(like): texts as a table has them, "" where
// nothing is known.
Dataset read_rows(const std::vector<std::vector<std::string>>& rows, const Dataset& like);
Table table_of(const Dataset& like);  // its table; of what was learned from numbers, a column for each of them

// Pictures, and folders of them, brought to the size and colours that the network takes; d.files names each row. Failure(usage) when the
// network takes no pictures.
Dataset read_picture_samples(const std::vector<std::string>& paths, const Dataset& like, Pool* pool);
bool are_pictures(const std::vector<std::string>& paths);  // by their names; folders are

}  // namespace synfire

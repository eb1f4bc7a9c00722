// Tables: columns of text cells to features. What a column is (numbers, a category, dates), what stands for a missing value, and the
// one way in which cells are turned into numbers, for training and for whatever a trained network is given later.
#pragma once
#include <span>

#include "synfire/def/dataset.h"
#include "synfire/interop/csv.h"

namespace synfire {

using CsvColumns = std::vector<int64_t>;

// What occurs in a column's cells.
struct CellKinds {
  int64_t rows = 0, missing = 0, numbers = 0, whole = 0, dates = 0, commas = 0;  // whole are numbers, too; commas: "1,5"
  int64_t texts() const { return rows - missing - numbers; }
};
CellKinds kinds_of(const Csv& csv, int64_t column);
// A column without values, of dates or of decimal commas is a problem; true when it is one. category: its texts are names, dates too.
bool refuse_column(const Csv& csv, int64_t column, const CellKinds& k, bool category, Problems& problems);
bool looks_like_date(std::string_view cell);  // 2024-01-31, 31.1.2024, 1/31/24, with a time or not; 12:30; 3 Jan 2024

// The columns' names, or their numbers from 1, to their places; what is not there becomes a problem that names `key`.
CsvColumns columns_named(const Csv& csv, const std::vector<std::string>& given, std::string_view key, const LoadContext& c);

// What a table becomes by these columns, with levels and fills of `train`. A column is a category when it is one of `categories` or more
// of its cells are texts than numbers. Dates, texts without repetition and columns without any value are problems.
Table fit_table(const Csv& csv, const CsvColumns& columns, const CsvColumns& categories, std::span<const int64_t> train, const Table& options, Problems& problems);

// What a pass over a table met, a number a column.
struct TableCounts { std::vector<int64_t> missing, unseen; };
// x f32 [rows, features]. Cells that do not fit become problems: the first five and their count. own: the table was fitted to this
// very file, whose other rows may hold levels that the training part has not; those are zeros.
Tensor encode_table(const Csv& csv, const CsvColumns& columns, const Table& table, bool own, TableCounts& counts, Problems& problems);
std::vector<std::string> feature_names(const Table& table);  // "island=Dream" for a level
std::vector<std::string> notes_of(const Table& table, const TableCounts& counts, int64_t rows);

}  // namespace synfire

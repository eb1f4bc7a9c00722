// Csv: a table of text cells that know their place in the file. Numbers are read the same way under every locale.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "synfire/base/reader.h"

namespace synfire {

class Csv {
 public:
  enum class Header { automatic, yes, no };
  struct Options {
    char separator = 0;                 // 0: the one of , ; | and tab that the first lines agree on
    Header header = Header::automatic;  // automatic: the first row is names when none of its cells is a number
    char decimal = '.';                 // ',': "1,5" is a number and "1.5" is none
  };

  // RFC 4180: quotes with "" inside, newlines inside quotes; CRLF and a byte order mark are taken off, empty lines skipped.
  // Rows of unequal length, an open quote, cells without end, no UTF-8 or no rows: Failure(Code::data), the first five offenders and their
  // count. A column without a name is called "column3" after its place.
  Csv(std::vector<std::byte> text, std::string file, Options options);
  static Csv read(const std::string& path, Options options) { return Csv(read_file(path, uint64_t{1} << 32), path, options); }

  const std::string& file() const { return file_; }
  const std::vector<std::string>& names() const { return names_; }  // "column1" … when the file has no header
  bool has_header() const { return has_header_; }
  char separator() const { return separator_; }
  int64_t rows() const { return rows_; }
  int64_t columns() const { return int64_t(names_.size()); }

  std::string_view cell(int64_t row, int64_t column) const { return view(cells_[size_t(row * columns() + column)]); }  // blanks at the ends taken off
  Where where(int64_t row, int64_t column) const;  // line and column of the cell; slow, for errors
  // A finite number, or nothing. "+1", "1e-3" and " 2 " are numbers; "1,5", "0x10", "nan" and "" are not.
  std::optional<double> number(int64_t row, int64_t column) const { return number(cell(row, column), decimal_); }
  static std::optional<double> number(std::string_view cell, char decimal = '.');
  // What people and programs write where they know no value: "", "NA", "n/a", "nan", "null", "?" …
  static bool is_missing(std::string_view cell);
  char decimal() const { return decimal_; }

 private:
  struct Cell { uint32_t begin, size; };
  struct Scan;
  std::string_view view(Cell c) const { return text_of(Bytes(text_).subspan(c.begin, c.size)); }
  Where place(size_t offset) const;
  void name_columns(Header header, size_t width);

  std::vector<std::byte> text_;
  std::string file_;
  char separator_ = ',', decimal_ = '.';
  bool has_header_ = false;
  int64_t rows_ = 0;
  std::vector<std::string> names_;
  std::vector<Cell> cells_;  // rows_ x columns()
};

// Counts offenders of one kind, keeps the first five and tells them as one list of errors.
class Offenders {
 public:
  explicit Offenders(std::string hint = {}) : hint_(std::move(hint)) {}
  bool next() { return ++count_ <= kTold; }  // true while the offender should be added
  void add(Where where, std::string message) { errors_.push_back({Code::data, std::move(where), std::move(message), {}}); }
  void report(Problems& problems);
  int64_t count() const { return count_; }

 private:
  static constexpr int64_t kTold = 5;
  int64_t count_ = 0;
  std::string hint_;
  std::vector<Error> errors_;
};

}  // namespace synfire

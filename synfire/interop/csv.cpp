// One pass over the text: cells by place, quotes undone where they stand.
#include "synfire/interop/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_set>
#include <utility>

#include "synfire/base/format.h"
#include "synfire/base/utf8.h"

namespace synfire {
namespace {

bool blank(char c) { return c == ' ' || c == '\t'; }

// The separator that occurs equally often in each of the first lines, outside quotes. A comma comes last: in a table with
// semicolons, tabs or bars it is a decimal comma.
char sniff(std::string_view text) {
  for (char c : {'\t', ';', '|'}) {
    size_t count = 0, first = 0, lines = 0;
    bool quoted = false, equal = true, any = false;
    for (size_t i = 0; i <= text.size() && lines < 10; ++i) {
      bool end = i == text.size() || (text[i] == '\n' && !quoted);
      if (!end) {
        quoted ^= text[i] == '"', count += text[i] == c && !quoted, any |= !blank(text[i]) && text[i] != '\r';
        continue;
      }
      if (any) equal &= lines == 0 || count == first, first = lines == 0 ? count : first, ++lines;
      count = 0, any = false;
    }
    if (equal && first > 0) return c;
  }
  return ',';
}

std::string hint_for_bytes(std::string_view text) {
  if (text.starts_with("\x1f\x8b")) return "it is compressed: gunzip it first";
  if (text.starts_with("PK")) return "it is a ZIP archive, as XLSX and NPZ files are: save the sheet as CSV, or name it .npz";
  return "UTF-16 files can be saved as UTF-8";
}

constexpr uint32_t kMaxCell = 1 << 20;  // bytes

}  // namespace

void Offenders::report(Problems& problems) {
  for (size_t i = 0; i < errors_.size(); ++i) {
    if (i + 1 == errors_.size()) {
      if (count_ > int64_t(errors_.size())) errors_[i].message += fmt::format(" (and {} more like this)", count_ - int64_t(errors_.size()));
      errors_[i].hint = hint_;
    }
    problems.add(std::move(errors_[i]));
  }
  errors_.clear();
}

// Reads cell after cell; `end_of_row` says whether the one just read was a row's last.
struct Csv::Scan {
  std::vector<std::byte>& text;
  char separator;
  size_t at;
  bool end_of_row = false, unclosed = false;
  char& ch(size_t i) { return reinterpret_cast<char&>(text[i]); }
  bool end() { return at >= text.size(); }
  bool newline() { return end() || ch(at) == '\n' || (ch(at) == '\r' && (at + 1 == text.size() || ch(at + 1) == '\n')); }

  void finish() {  // steps over the separator or the newline
    end_of_row = newline();
    if (!end() && ch(at) == '\r') ++at;
    if (!end()) ++at;
  }
  Cell cell() {
    size_t start = at;
    while (!end() && blank(ch(at)) && ch(at) != separator) ++at;
    if (!end() && ch(at) == '"') return quoted();
    size_t begin = at;
    while (!newline() && ch(at) != separator) ++at;
    size_t last = at;
    while (last > begin && blank(ch(last - 1))) --last;
    finish();
    return {uint32_t(begin == last ? start : begin), uint32_t(last - begin)};
  }
  Cell quoted() {
    size_t open = at++, from = at, to = at;
    while (!end() && (ch(at) != '"' || (at + 1 < text.size() && ch(at + 1) == '"'))) {
      at += ch(at) == '"';
      ch(to++) = ch(at++);
    }
    if (end()) return unclosed = true, Cell{uint32_t(open), 0};
    for (size_t i = to; i < at; ++i) ch(i) = ' ';  // newlines must still count when a place is looked up
    ++at;
    while (!end() && blank(ch(at)) && ch(at) != separator) ++at;
    if (!newline() && ch(at) != separator) return unclosed = true, Cell{uint32_t(open), 0};
    finish();
    return {uint32_t(from), uint32_t(to - from)};
  }
  bool empty_line() {  // skips one
    size_t i = at;
    while (i < text.size() && blank(ch(i)) && ch(i) != separator) ++i;
    size_t back = std::exchange(at, i);
    if (!newline()) return at = back, false;
    finish();
    return true;
  }
};

Csv::Csv(std::vector<std::byte> text, std::string file, Options options) : text_(std::move(text)), file_(std::move(file)), decimal_(options.decimal) {
  size_t start = text_of(text_).starts_with("\xEF\xBB\xBF") ? 3 : 0;
  separator_ = options.separator ? options.separator : sniff(text_of(text_).substr(start));
  if (text_.size() >= UINT32_MAX) fail(Code::data, {file_}, "has 4 GB or more", "split the file, or store the table as NPZ");
  if (std::find(text_.begin(), text_.end(), std::byte{0}) != text_.end()) fail(Code::data, {file_}, "is not a text: it holds zero bytes", hint_for_bytes(text_of(text_)));
  if (text_of(text_).find('\n') == std::string_view::npos && text_of(text_).substr(0, text_.empty() ? 0 : text_.size() - 1).find('\r') != std::string_view::npos)
    fail(Code::data, {file_}, "is one line: its lines end as on old Macs", fmt::format("tr '\\r' '\\n' < {} > lines.csv turns them into others", file_));
  if (size_t bad = first_bad_utf8(text_of(text_)); bad < text_.size())
    fail(Code::data, place(bad), fmt::format("is not UTF-8: a byte 0x{:02x} that cannot stand here", unsigned(text_[bad])), fmt::format("iconv -f WINDOWS-1252 -t UTF-8 {} > utf8.csv turns most other files into it", file_));
  Scan scan{text_, separator_, start};
  Offenders uneven(fmt::format("every row needs as many cells as the first one; the separator read is '{}'", separator_ == '\t' ? "\\t" : std::string(1, separator_)));
  size_t width = 0;
  while (!scan.end()) {
    if (scan.empty_line()) continue;
    size_t first = cells_.size();
    do {
      cells_.push_back(scan.cell());
      if (cells_.back().size > kMaxCell) fail(Code::data, place(cells_.back().begin), fmt::format("a cell of {} bytes, the limit is {}", cells_.back().size, kMaxCell), "is a quote missing, or another file meant?");
      if (scan.unclosed) fail(Code::data, place(cells_.back().begin), "a quote does not end where the cell does", "a quote inside a quoted cell is written twice: \"\"");
    } while (!scan.end_of_row && !scan.end());
    if (!scan.end_of_row) cells_.push_back({uint32_t(text_.size()), 0});  // the file ends with a separator
    size_t count = cells_.size() - first;
    if (width == 0) width = count;
    if (count == width) { ++rows_; continue; }
    if (uneven.next()) uneven.add(place(cells_[first].begin), fmt::format("the row has {} cells, the first row has {}", count, width));
    cells_.resize(first);
  }
  Problems problems;
  uneven.report(problems);
  if (uneven.count() > 0 && rows_ == 1 && width == 1) problems.add(Code::data, {file_}, "has one cell in its first row and more in the others", "what stands above the header must go: a title, a comment, sep=;");
  problems.throw_if_any();
  if (rows_ == 0) fail(Code::data, {file_}, "has no rows", text_.empty() ? "the file is empty" : "there is nothing in it but blanks and line ends");
  name_columns(options.header, width);
}

void Csv::name_columns(Header header, size_t width) {
  has_header_ = header == Header::yes;
  auto first = cells_.begin(), last = first + std::ptrdiff_t(width);
  if (header == Header::automatic) {  // a name may be empty, as that of row numbers often is, but not all of them
    has_header_ = std::none_of(first, last, [&](Cell c) { return number(view(c), decimal_).has_value() || (c.size > 0 && is_missing(view(c))); });
    has_header_ &= std::any_of(first, last, [](Cell c) { return c.size > 0; });
  }
  for (size_t i = 0; i < width; ++i) names_.push_back(has_header_ && cells_[i].size > 0 ? std::string(view(cells_[i])) : fmt::format("column{}", i + 1));
  if (!has_header_) return;
  std::unordered_set<std::string_view> met;  // a table may have a million columns
  for (size_t i = 0; i < width; ++i)
    if (!met.insert(names_[i]).second)
      fail(Code::data, place(cells_[i].begin), fmt::format("two columns are called \"{}\"", names_[i]), "rename one; header = \"no\" reads a file without names");
  cells_.erase(cells_.begin(), cells_.begin() + std::ptrdiff_t(width));
  if (--rows_ == 0) fail(Code::data, {file_}, "has a header but no rows");
}

Where Csv::place(size_t offset) const {
  std::string_view before = text_of(text_).substr(0, offset);
  size_t newline = before.rfind('\n');
  size_t line_start = newline == before.npos ? (before.starts_with("\xEF\xBB\xBF") ? 3 : 0) : newline + 1;
  return {file_, 1 + int(std::count(before.begin(), before.end(), '\n')), int(std::max(offset, line_start) - line_start) + 1};
}

Where Csv::where(int64_t row, int64_t column) const { return place(cells_[size_t(row * columns() + column)].begin); }

bool Csv::is_missing(std::string_view s) {
  if (s.empty()) return true;
  if (s.size() > 8) return false;
  char lower[8];
  std::transform(s.begin(), s.end(), lower, [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  for (std::string_view word : {"na", "n/a", "nan", "-nan", "null", "?", "<na>", "#n/a"})
    if (word == std::string_view(lower, s.size())) return true;
  return false;
}

std::optional<double> Csv::number(std::string_view s, char decimal) {
  std::string turned;
  if (decimal != '.' && s.find_first_of(",.") != s.npos) {  // longer ones are no numbers that anybody writes
    if (s.size() > 64 || s.find('.') != s.npos) return std::nullopt;
    turned = s;
    std::replace(turned.begin(), turned.end(), decimal, '.');
    s = turned;
  }
  if (s.size() > 1 && s[0] == '+' && s[1] != '-') s.remove_prefix(1);
  double v = 0;
  auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), v);
  bool whole = end == s.data() + s.size() && !s.empty();
  // Too small for a double is zero as good as any; too large is no finite number.
  if (whole && error == std::errc::result_out_of_range) return s.find("e-") != s.npos || s.find("E-") != s.npos ? std::optional<double>(0) : std::nullopt;
  if (!whole || error != std::errc() || !std::isfinite(v)) return std::nullopt;
  return v;
}

}  // namespace synfire

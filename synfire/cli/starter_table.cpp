// Starter for tables: which column is learned, which can be learned from, and which cannot.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "synfire/base/format.h"
#include "synfire/cli/starter.h"
#include "synfire/data/table.h"

namespace synfire::cli {
namespace {

constexpr int64_t kMostTold = 60;  // columns with a comment of their own

struct Column {
  std::string name, what;   // what it holds, for people
  bool left_out = false;
};

std::string lower(std::string s) {
  std::transform(s.begin(), s.end(), s.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return s;
}

// 0, 1, 2 … or 1, 2, 3 … from top to bottom.
bool counts_rows(const Csv& csv, int64_t column) {
  auto first = csv.number(0, column);
  if (!first || (*first != 0 && *first != 1) || csv.rows() < 3) return false;
  for (int64_t r = 0; r < csv.rows(); ++r)
    if (auto v = csv.number(r, column); !v || *v != *first + double(r)) return false;
  return true;
}

std::string texts_of(const Csv& csv, int64_t column, int64_t& distinct) {
  std::set<std::string_view> levels;
  for (int64_t r = 0; r < csv.rows(); ++r) if (!Csv::is_missing(csv.cell(r, column))) levels.insert(csv.cell(r, column));
  distinct = int64_t(levels.size());
  std::string s;
  int shown = 0;
  for (std::string_view l : levels) {
    if (++shown > 5) { s += " …"; break; }
    s += (shown > 1 ? ", " : "") + std::string(l.substr(0, 24));
  }
  return s;
}

std::string range_of(const Csv& csv, int64_t column) {
  double low = INFINITY, high = -INFINITY;
  for (int64_t r = 0; r < csv.rows(); ++r) if (auto v = csv.number(r, column)) low = std::min(low, *v), high = std::max(high, *v);
  return fmt::format("number, {:.6g} to {:.6g}", low, high);
}

Column column_of(const Csv& csv, int64_t column) {
  CellKinds k = kinds_of(csv, column);
  Column c{csv.names()[size_t(column)], "", false};
  int64_t present = k.rows - k.missing, distinct = 0;
  if (present == 0) return {c.name, "left out: no row has a value", true};
  if (k.dates * 2 > present) return {c.name, "left out: dates or times; write year, month or days since a day into columns of their own", true};
  if (counts_rows(csv, column)) return {c.name, "left out: it numbers the rows", true};
  if (k.texts() > k.numbers) {
    std::string texts = texts_of(csv, column, distinct);
    if (distinct > 1000 || (distinct > 20 && distinct * 2 > present)) return {c.name, fmt::format("left out: {} different texts, names of rows rather than of kinds", distinct), true};
    c.what = fmt::format("category, {} level{}: {}", distinct, distinct == 1 ? "" : "s", texts);
  } else {
    c.what = range_of(csv, column);
  }
  if (k.missing > 0) c.what += fmt::format("; {} missing", k.missing);
  return c;
}

int64_t target_of(const Csv& csv, const std::string& given, const std::vector<Column>& columns, TableStart& s) {
  if (!given.empty()) {
    auto it = std::find(csv.names().begin(), csv.names().end(), given);
    if (it != csv.names().end()) return it - csv.names().begin();
    if (auto n = Csv::number(given); n && *n >= 1 && *n <= double(csv.columns()) && *n == std::floor(*n)) return int64_t(*n) - 1;
    std::string near = nearest(given, csv.names()), all;
    for (size_t i = 0; i < csv.names().size() && i < 12; ++i) all += (i ? ", " : "") + csv.names()[i];
    fail(Code::usage, Where{csv.file()}, fmt::format("has no column \"{}\"", given), near.empty() ? fmt::format("its columns are {}{}", all, csv.columns() > 12 ? " …" : "") : fmt::format("did you mean --target {}?", near));
  }
  auto say = [&](int64_t column, std::string_view why) {
    s.said.push_back(fmt::format("no --target is given: \"{}\" is learned, {}", csv.names()[size_t(column)], why));
    return column;
  };
  for (std::string_view name : {"target", "label", "class", "y", "outcome", "species"})
    for (int64_t i = 0; i < csv.columns(); ++i)
      if (lower(csv.names()[size_t(i)]) == name) return say(i, "by its name");
  for (int64_t i = csv.columns() - 1; i > 0; --i)
    if (!columns[size_t(i)].left_out && lower(csv.names()[size_t(i)]) != "split") return say(i, "the last column");
  return say(csv.columns() - 1, "the last column");
}

// A column that numbers the rows is better than nothing to learn from.
void keep_one(const Csv& csv, int64_t learned, std::vector<Column>& columns) {
  for (int64_t i = 0; i < csv.columns(); ++i) if (i != learned && !columns[size_t(i)].left_out) return;
  for (int64_t i = 0; i < csv.columns(); ++i)
    if (i != learned && counts_rows(csv, i)) columns[size_t(i)] = {columns[size_t(i)].name, range_of(csv, i), false};
}

// Says why each column that might have been learned from is left out.
void refuse_nothing_left(const Csv& csv, int64_t learned, const std::vector<Column>& columns) {
  Problems problems;
  for (int64_t i = 0; i < csv.columns(); ++i) {
    if (i == learned) continue;
    if (!columns[size_t(i)].left_out) return;
    if (i < 5) problems.add(Code::data, csv.where(0, i), fmt::format("column \"{}\" is {}; its first cell is \"{}\"", columns[size_t(i)].name, columns[size_t(i)].what, csv.cell(0, i).substr(0, 24)));
  }
  problems.add(Code::data, {csv.file()}, fmt::format("has no column to learn \"{}\" from", csv.names()[size_t(learned)]), "numbers stand without units and signs ($5, 5 %); texts are few and come again");
  problems.throw_if_any();
}

// Most numbers are written with a comma.
bool decimal_commas(const Csv& csv) {
  int64_t commas = 0, points = 0;
  for (int64_t i = 0; i < csv.columns(); ++i) {
    CellKinds k = kinds_of(csv, i);
    commas += k.commas, points += k.numbers - k.whole;
  }
  return commas > points;
}

// "1,234" among cells parted by commas: a thousand and more, which read with a decimal comma would be a thousandth of it, in silence.
void refuse_thousands(const Csv& csv) {
  auto thousands = [](std::string_view s) {  // 1,234 and 12,345,678; a number with a decimal comma may begin with 0
    size_t first = s.find(',');
    if (s.starts_with('-')) s.remove_prefix(1), first = s.find(',');
    if (first == s.npos || first < 1 || first > 3 || s[0] == '0' || (s.size() - first) % 4) return false;
    for (size_t i = 0; i < s.size(); ++i) if (i >= first && (i - first) % 4 == 0 ? s[i] != ',' : s[i] < '0' || s[i] > '9') return false;
    return true;
  };
  std::optional<std::pair<int64_t, int64_t>> met;
  for (int64_t c = 0; c < csv.columns(); ++c)
    for (int64_t r = 0; r < csv.rows(); ++r) {
      if (Csv::number(csv.cell(r, c), '.') || !Csv::number(csv.cell(r, c), ',')) continue;
      if (!thousands(csv.cell(r, c))) return;  // one like "0,5" or "2,75": decimal commas after all
      if (!met) met = {r, c};
    }
  if (met)
    fail(Code::data, csv.where(met->first, met->second), fmt::format("row {}, column \"{}\": \"{}\" has a comma between thousands", met->first + 1, csv.names()[size_t(met->second)], csv.cell(met->first, met->second)),
         "numbers are written without: save the table with plain numbers; if it is a decimal comma, write the model file by hand, with decimal = \",\"");
}

}  // namespace

TableStart start_table(const std::string& file, const std::string& path, const std::string& target) {
  Csv::Options options;
  Csv csv = Csv::read(file, options);
  bool comma = decimal_commas(csv);
  if (comma && csv.separator() == ',') refuse_thousands(csv);
  if (comma) options.decimal = ',', csv = Csv::read(file, options);
  if (csv.columns() < 2) fail(Code::data, Where{file}, "has one column: there is nothing to learn from", "the separator may be another one than , ; | and tab: write the model file by hand, with separator = \"…\"");
  std::vector<Column> columns;
  for (int64_t i = 0; i < csv.columns(); ++i) columns.push_back(column_of(csv, i));
  TableStart s;
  int64_t learned = target_of(csv, target, columns, s);
  keep_one(csv, learned, columns);
  refuse_nothing_left(csv, learned, columns);
  s.data = fmt::format("kind = \"csv\"\npath = {}\ntarget = {}\n", Node::of(path).str(), Node::of(columns[size_t(learned)].name).str());
  if (comma) s.data += "decimal = \",\"               # 1,5 is a number\n";
  std::string ignored;
  size_t widest = 0;
  for (const Column& c : columns) widest = std::min<size_t>(24, std::max(widest, c.name.size()));
  s.comments = "#\n# Its columns:\n";
  for (int64_t i = 0; i < csv.columns(); ++i) {
    const Column& c = columns[size_t(i)];
    if (i < kMostTold) s.comments += one_line(fmt::format("#   {:<{}}  {}{}", c.name, widest, i == learned ? "the target; " : "", i == learned && c.left_out ? "" : c.what)) + "\n";
    if (c.left_out && i != learned) ignored += (ignored.empty() ? "" : ", ") + Node::of(c.name).str(), s.said.push_back(fmt::format("column \"{}\" is {}", c.name, c.what));
  }
  if (csv.columns() > kMostTold) s.comments += fmt::format("#   … and {} more\n", csv.columns() - kMostTold);
  if (!ignored.empty()) s.data += fmt::format("ignore = [{}]\n", ignored);
  return s;
}

}  // namespace synfire::cli

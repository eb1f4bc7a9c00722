// Deciding what columns are, fitting and encoding.
#include "synfire/data/table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "synfire/base/format.h"

namespace synfire {
namespace {

constexpr int64_t kMaxLevels = 1000;  // of one category: each is a feature

bool digit(char c) { return c >= '0' && c <= '9'; }

// Lengths of the runs of digits that `between` separates, from the start; `end` is where the last one stops.
std::vector<size_t> digit_runs(std::string_view s, char between, size_t& end) {
  std::vector<size_t> runs;
  for (size_t i = 0;;) {
    size_t from = i;
    while (i < s.size() && digit(s[i])) ++i;
    if (i == from) return {};
    runs.push_back(i - from), end = i;
    if (i >= s.size() || s[i] != between) return runs;
    ++i;
  }
}

bool decimal_comma(std::string_view s) {
  size_t comma = s.find(',');
  return comma != s.npos && comma > 0 && s.find('.') == s.npos && Csv::number(s, ',').has_value();
}

std::string quoted(std::string_view cell) {
  size_t n = std::min<size_t>(cell.size(), 40);
  while (n < cell.size() && n > 0 && (uint8_t(cell[n]) & 0xc0) == 0x80) --n;  // not within a letter
  return "\"" + std::string(cell.substr(0, n)) + (n < cell.size() ? "…\"" : "\"");
}

std::string named(const Csv& csv, int64_t column) { return fmt::format("column \"{}\"", csv.names()[size_t(column)]); }

// The first cell of a column that a test picks, with its place, for messages.
template <class F>
int64_t first_row(const Csv& csv, int64_t column, const F& test) {
  for (int64_t r = 0; r < csv.rows(); ++r)
    if (test(csv.cell(r, column))) return r;
  return 0;
}

std::string ignore_hint(const std::string& name) { return fmt::format("ignore = [\"{}\"] leaves it out", name); }

// Levels of the rows in `train`, whole numbers in their order, else texts in that of their bytes; fill is the commonest.
void fit_category(const Csv& csv, int64_t column, const CellKinds& k, bool asked, std::span<const int64_t> train, TableColumn& to, Problems& problems) {
  std::map<std::pair<double, std::string_view>, int64_t> counts;
  bool numeric = k.texts() == 0;
  for (int64_t r : train) {
    std::string_view cell = csv.cell(r, column);
    if (!Csv::is_missing(cell)) ++counts[{numeric ? *csv.number(r, column) : 0.0, cell}];
  }
  int64_t n = int64_t(counts.size()), met = 0;
  for (const auto& [key, count] : counts) met += count;
  if (n > kMaxLevels || (!asked && n > 20 && n * 2 > met)) {
    problems.add(Code::data, {csv.file()}, fmt::format("{} has {} different texts in {} rows: names of rows, not of kinds", named(csv, column), n, met),
                 ignore_hint(to.name) + (n > kMaxLevels ? fmt::format("; a category may have {} levels", kMaxLevels) : fmt::format("; categories = [\"{}\"] insists", to.name)));
    return;
  }
  int64_t most = 0;
  for (const auto& [key, count] : counts) {
    if (count > most) most = count, to.fill = double(to.levels.size());
    to.levels.emplace_back(key.second);
  }
  if (to.levels.empty()) to.levels.emplace_back();  // the training part has no value: a level that nothing is
}

double mean_of(const Csv& csv, int64_t column, std::span<const int64_t> train) {
  double sum = 0;
  int64_t n = 0;
  for (int64_t r : train)
    if (auto v = csv.number(r, column)) sum += *v, ++n;
  return n > 0 ? sum / double(n) : 0;
}

// Cells to features, a cell at a time; what does not fit is counted, and the first ones are kept for the answer.
struct Encoder {
  const Csv& csv;
  const CsvColumns& columns;
  const Table& table;
  bool own;
  TableCounts& counts;
  std::vector<std::unordered_map<std::string_view, int64_t>> levels = {};
  Offenders wrong{"this column holds numbers; categories = [\"COLUMN\"] reads each different text as a kind of its own"};
  Offenders absent{"missing = \"fill\" puts the mean or the commonest level there"};
  Offenders unseen{"the training data had no such level; unseen = \"zeros\" in [data] takes it as none of those known"};

  void refuse(Offenders& list, int64_t r, size_t i, const std::string& what) {
    if (list.next()) list.add(csv.where(r, columns[i]), fmt::format("row {}, column \"{}\": {}", r + 1, table.columns[i].name, what));
  }
  // The number of a cell, or the place of its level; nothing where it is neither.
  std::optional<double> value(int64_t r, size_t i, std::string_view cell) {
    const TableColumn& c = table.columns[i];
    if (c.levels.empty()) {
      if (auto v = csv.number(r, columns[i])) return v;
    } else if (auto it = levels[i].find(cell); it != levels[i].end()) {
      return double(it->second);
    }
    if (!Csv::is_missing(cell)) return std::nullopt;
    if (!table.fill) refuse(absent, r, i, cell.empty() ? "the cell is empty" : quoted(cell) + " stands for a missing value");
    ++counts.missing[i];
    return c.fill;
  }
  void cell(int64_t r, size_t i, float* to) {
    const TableColumn& c = table.columns[i];
    std::string_view cell = csv.cell(r, columns[i]);
    std::optional<double> v = value(r, i, cell);
    if (!c.levels.empty()) {
      if (v) { to[int64_t(*v)] = 1; return; }
      ++counts.unseen[i];
      if (own || table.unseen) return;
      std::string near = nearest(cell, c.levels);
      refuse(unseen, r, i, fmt::format("{} is no level that was met in training{}", quoted(cell), near.empty() ? "" : fmt::format("; \"{}\" is", near)));
    } else if (!v || !std::isfinite(float(*v))) {
      refuse(wrong, r, i, v ? fmt::format("{} is too large", cell) : quoted(cell) + " is no number");
    } else {
      *to = float(*v);
    }
  }
};

}  // namespace

bool looks_like_date(std::string_view s) {
  size_t end = 0;
  for (char between : {'-', '/', '.', ':'}) {
    auto runs = digit_runs(s, between, end);
    bool whole = end == s.size() || s[end] == ' ' || s[end] == 'T';
    auto few = [](size_t n) { return n == 1 || n == 2; };
    if (between == ':' && (runs.size() == 2 || runs.size() == 3) && few(runs[0]) && runs[1] == 2 && (end == s.size() || s[end] == '.' || s[end] == ' ')) return true;
    if (between == ':' || runs.size() != 3 || !whole || !few(runs[1])) continue;
    if ((runs[0] == 4 && few(runs[2])) || (few(runs[0]) && (runs[2] == 4 || runs[2] == 2))) return true;
  }
  for (std::string_view month : {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}) {
    size_t at = s.find(month);
    if (at == s.npos || s.size() > 40) continue;
    bool day = std::any_of(s.begin(), s.end(), digit), alone = at == 0 || !std::isalpha(uint8_t(s[at - 1]));
    size_t year = s.find_last_of("0123456789");
    if (day && alone && year != s.npos && year >= 3 && digit(s[year - 1]) && digit(s[year - 2]) && digit(s[year - 3])) return true;
  }
  return false;
}

CellKinds kinds_of(const Csv& csv, int64_t column) {
  CellKinds k;
  k.rows = csv.rows();
  for (int64_t r = 0; r < csv.rows(); ++r) {
    std::string_view cell = csv.cell(r, column);
    if (auto v = csv.number(r, column)) ++k.numbers, k.whole += *v == std::floor(*v);
    else if (Csv::is_missing(cell)) ++k.missing;
    else k.dates += looks_like_date(cell), k.commas += csv.decimal() == '.' && decimal_comma(cell);
  }
  return k;
}

CsvColumns columns_named(const Csv& csv, const std::vector<std::string>& given, std::string_view key, const LoadContext& c) {
  CsvColumns columns;
  std::string some;
  for (int64_t i = 0; i < std::min<int64_t>(csv.columns(), 12); ++i) some += (i ? ", " : "") + csv.names()[size_t(i)];
  for (const std::string& name : given) {
    auto it = std::find(csv.names().begin(), csv.names().end(), name);
    int64_t at = it - csv.names().begin();
    auto number = Csv::number(name);
    if (it == csv.names().end() && number && *number >= 1 && *number <= double(csv.columns()) && *number == std::floor(*number)) at = int64_t(*number) - 1;
    if (at == csv.columns()) {
      std::string near = nearest(name, csv.names());
      c.problems.add(Code::data, {csv.file()}, fmt::format("has no column \"{}\", which {} names", name, key),
                     near.empty() ? fmt::format("its columns are {}{}", some, csv.columns() > 12 ? " …" : "") : fmt::format("did you mean \"{}\"?", near));
    } else if (std::find(columns.begin(), columns.end(), at) != columns.end()) {
      c.problems.add(Code::config, c.where(key), fmt::format("{} names the column \"{}\" twice", key, name), "once is enough");
    } else {
      columns.push_back(at);
    }
  }
  return columns;
}

bool refuse_column(const Csv& csv, int64_t column, const CellKinds& k, bool category, Problems& problems) {
  const std::string& name = csv.names()[size_t(column)];
  if (k.missing == k.rows) {
    problems.add(Code::data, {csv.file()}, fmt::format("{} has no value in any row", named(csv, column)), ignore_hint(name));
  } else if (category) {
    return false;
  } else if (k.dates > 0 && k.dates * 2 > k.rows - k.missing) {
    int64_t r = first_row(csv, column, looks_like_date);
    problems.add(Code::data, csv.where(r, column), fmt::format("{} holds dates or times: {}", named(csv, column), quoted(csv.cell(r, column))),
                 fmt::format("a network reads numbers: write year, month, weekday or the days since some day into columns of their own; {}", ignore_hint(name)));
  } else if (k.commas > 0 && k.commas * 2 > k.texts()) {
    int64_t r = first_row(csv, column, decimal_comma);
    problems.add(Code::data, csv.where(r, column), fmt::format("{} holds numbers with a decimal comma: {}", named(csv, column), quoted(csv.cell(r, column))), "decimal = \",\" in [data] reads them");
  } else {
    return false;
  }
  return true;
}

Table fit_table(const Csv& csv, const CsvColumns& columns, const CsvColumns& categories, std::span<const int64_t> train, const Table& options, Problems& problems) {
  Table table = options;
  table.decimal = csv.decimal();
  for (int64_t column : columns) {
    TableColumn c{csv.names()[size_t(column)], {}, 0};
    CellKinds k = kinds_of(csv, column);
    bool asked = std::find(categories.begin(), categories.end(), column) != categories.end();
    if (!refuse_column(csv, column, k, asked, problems)) {
      if (asked || k.texts() > k.numbers) fit_category(csv, column, k, asked, train, c, problems);
      else c.fill = mean_of(csv, column, train);
    }
    table.columns.push_back(std::move(c));
  }
  return table;
}

Tensor encode_table(const Csv& csv, const CsvColumns& columns, const Table& table, bool own, TableCounts& counts, Problems& problems) {
  size_t n = table.columns.size();
  counts = {std::vector<int64_t>(n), std::vector<int64_t>(n)};
  Encoder e{csv, columns, table, own, counts};
  int64_t width = 0;
  for (const TableColumn& c : table.columns) {
    e.levels.emplace_back();
    for (const std::string& level : c.levels) e.levels.back().emplace(level, int64_t(e.levels.back().size()));
    width += c.width();
  }
  Tensor x(DType::f32, {csv.rows(), width});
  float* to = x.as<float>();
  for (int64_t r = 0; r < csv.rows(); ++r)
    for (size_t i = 0; i < n; to += table.columns[i++].width()) e.cell(r, i, to);
  for (Offenders* o : {&e.wrong, &e.absent, &e.unseen}) o->report(problems);
  return x;
}

std::vector<std::string> feature_names(const Table& table) {
  std::vector<std::string> names;
  for (const TableColumn& c : table.columns) {
    if (c.levels.empty()) names.push_back(c.name);
    for (const std::string& level : c.levels) names.push_back(c.name + "=" + level);
  }
  return names;
}

std::vector<std::string> notes_of(const Table& table, const TableCounts& counts, int64_t rows) {
  std::vector<std::string> notes;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const TableColumn& c = table.columns[i];
    if (counts.missing[i] > 0)
      notes.push_back(fmt::format("column \"{}\": {} of {} values are missing; {} stands there, the {} of the training part", c.name, counts.missing[i], rows,
                             c.levels.empty() ? fmt::format("{:.6g}", c.fill) : quoted(c.levels[size_t(c.fill)]), c.levels.empty() ? "mean" : "commonest level"));
    if (counts.unseen[i] > 0) notes.push_back(fmt::format("column \"{}\": {} rows have levels that the training part has not; they count as none", c.name, counts.unseen[i]));
  }
  return notes;
}

}  // namespace synfire

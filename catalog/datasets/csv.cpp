// A table of numbers in a text file, one sample a row: what spreadsheets and databases write.
#include "synfire/interop/csv.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "synfire/base/format.h"
#include "synfire/data/arrays.h"

namespace synfire {

struct CsvData {
  struct P {
    std::string path;
    std::vector<std::string> target, features;
    std::string task, separator, header = "auto";
    std::vector<Choice> transform{{"standardize", {}}};
  };
  static inline const Field<P> fields[] = {
      {"path", &P::path, "", 0, 0, "the file"},
      {"target", &P::target, "column", 0, 0, "column to be learned, by its name or its number from 1; several when the task is numbers"},
      {"features", &P::features, "column", 0, 0, "columns to learn from; all others when not given. They hold numbers"},
      {"task", &P::task, "", 0, 0, "\"classes\" or \"numbers\"; when not given, texts and whole numbers are classes, other numbers are numbers"},
      {"separator", &P::separator, "", 0, 0, "between cells; found by itself when not given"},
      {"header", &P::header, "", 0, 0, "\"yes\", \"no\", or \"auto\": the first row is names when none of its cells is a number"},
      {"transform", &P::transform, "transform", 0, 0, "what is done to each feature; standardize when not given, [] for none. Fitted on the training part, kept in the checkpoint"}};
  static constexpr std::string_view needed[] = {"path", "target"};
  static constexpr int64_t kMaxClasses = 65536;
  using Columns = std::vector<int64_t>;

  static Csv read(const P& p, const LoadContext& c) {
    Csv::Options options;
    check_word("task", p.task, {"classes", "numbers"}, c);
    check_word("header", p.header, {"auto", "yes", "no"}, c);
    if (p.separator == "\\t" || p.separator == "tab") options.separator = '\t';
    else if (p.separator.size() == 1 && p.separator != "\"" && p.separator != "\n") options.separator = p.separator[0];
    else if (!p.separator.empty()) c.problems.add(Code::config, c.where("separator"), fmt::format("separator should be one character, got \"{}\"", p.separator), "\",\", \";\" or \"\\t\"");
    c.problems.throw_if_any();
    options.header = p.header == "yes" ? Csv::Header::yes : p.header == "no" ? Csv::Header::no : Csv::Header::automatic;
    return Csv::read(c.path(p.path), options);
  }

  static Columns columns_of(const Csv& csv, const std::vector<std::string>& given, std::string_view key, const LoadContext& c) {
    Columns columns;
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

  // Cells of some columns as f32, row by row; those that are no numbers become errors.
  static std::vector<float> numbers_of(const Csv& csv, const Columns& columns, std::string hint, Problems& problems) {
    Offenders offenders(std::move(hint));
    std::vector<float> values;
    values.reserve(size_t(csv.rows()) * columns.size());
    for (int64_t r = 0; r < csv.rows(); ++r)
      for (int64_t column : columns) {
        std::optional<double> v = csv.number(r, column);
        bool fits = v && std::isfinite(float(*v));
        if (!fits && offenders.next()) {
          std::string_view cell = csv.cell(r, column);
          std::string what = cell.empty() ? "the cell is empty" : v ? fmt::format("{} is too large", cell) : fmt::format("\"{}\" is no number", cell.substr(0, 40));
          offenders.add(csv.where(r, column), fmt::format("row {}, column \"{}\": {}", r + 1, csv.names()[size_t(column)], what));
        }
        values.push_back(fits ? float(*v) : 0);
      }
    offenders.report(problems);
    return values;
  }

  struct Kinds { bool text = false, whole = false, broken = false; };  // what occurs in a column: no number, whole numbers, others
  static Kinds kinds_of(const Csv& csv, int64_t column) {
    Kinds k;
    for (int64_t r = 0; r < csv.rows(); ++r) {
      std::optional<double> v = csv.number(r, column);
      bool whole = v && *v == std::floor(*v);
      k.text |= !v, k.whole |= whole, k.broken |= v && !whole;
    }
    return k;
  }

  // Each different cell is a class: whole numbers in their order, else texts in that of their bytes.
  static void set_classes(Dataset& d, const Csv& csv, int64_t column, bool whole, bool said, Problems& problems) {
    const std::string& name = csv.names()[size_t(column)];
    std::map<std::pair<double, std::string>, int32_t> classes;
    auto key = [&](int64_t r) { return whole ? std::pair(*csv.number(r, column), std::string()) : std::pair(0.0, std::string(csv.cell(r, column))); };
    Offenders empty("each row needs a target; leave out rows that have none");
    for (int64_t r = 0; r < csv.rows(); ++r) {
      if (csv.cell(r, column).empty() && empty.next()) empty.add(csv.where(r, column), fmt::format("row {}, column \"{}\": the cell is empty", r + 1, name));
      classes.emplace(key(r), 0);
    }
    empty.report(problems);
    int64_t count = int64_t(classes.size());
    if (count > kMaxClasses || (!said && count > 20 && count > csv.rows() / 2))
      problems.add(Code::data, {csv.file()}, fmt::format("column \"{}\" has {} different values in {} rows: too many for classes", name, count, csv.rows()), "task = \"numbers\" learns the number itself, task = \"classes\" insists");
    problems.throw_if_any();
    for (auto& [k, index] : classes) index = int32_t(d.class_names.size()), d.class_names.push_back(whole ? fmt::format("{:.0f}", k.first) : k.second);
    for (int64_t r = 0; r < csv.rows(); ++r) d.labels.push_back(classes.at(key(r)));
  }

  static void set_target(Dataset& d, const Csv& csv, const Columns& target, const P& p, const LoadContext& c) {
    Kinds k = kinds_of(csv, target[0]);
    bool numbers = p.task.empty() ? target.size() > 1 || k.broken : p.task == "numbers";
    d.task = numbers ? Task::numbers : Task::classes;
    if (!numbers && target.size() > 1) return c.problems.add(Code::config, c.where("target"), "target names several columns, a class is one", "task = \"numbers\" learns several numbers");
    if (!numbers) return set_classes(d, csv, target[0], k.whole && !k.text && !k.broken, !p.task.empty(), c.problems);
    for (int64_t t : target) d.target_names.push_back(csv.names()[size_t(t)]);
    d.targets = numbers_of(csv, target, "the target is read as numbers; task = \"classes\" makes a class of each different text", c.problems);
  }

  static Dataset load(const P& p, const LoadContext& c) {
    Csv csv = read(p, c);
    Columns target = columns_of(csv, p.target, "target", c), features = columns_of(csv, p.features, "features", c);
    if (p.target.empty()) c.problems.add(Code::config, c.where("target"), "target names no column", "target = \"COLUMN\" is what is learned");
    c.problems.throw_if_any();
    auto is_target = [&](int64_t column) { return std::find(target.begin(), target.end(), column) != target.end(); };
    for (int64_t column : features)
      if (is_target(column)) c.problems.add(Code::config, c.where("features"), fmt::format("the column \"{}\" is a feature and the target", csv.names()[size_t(column)]), "a network would only copy it");
    if (p.features.empty())
      for (int64_t column = 0; column < csv.columns(); ++column)
        if (!is_target(column)) features.push_back(column);
    if (features.empty()) c.problems.add(Code::data, {csv.file()}, "has no column but the target", "there is nothing to learn from");
    c.problems.throw_if_any();
    Dataset d;
    d.sample = {int64_t(features.size())};
    for (int64_t column : features) d.feature_names.push_back(csv.names()[size_t(column)]);
    std::vector<float> x = numbers_of(csv, features, "features hold numbers; name the columns that do, features = [\"…\"], or turn texts into numbers first", c.problems);
    d.x = Tensor::of<float>(DType::f32, {csv.rows(), d.sample[0]}, x);
    set_target(d, csv, target, p, c);
    return d;
  }
};
SYNFIRE_DATASET(CsvData, "csv", "A table of numbers in a text file; the target may be a class or numbers. Features are standardized unless transform says otherwise.", "your own file");

}  // namespace synfire

// A table in a text file, one sample a row: what spreadsheets and databases write.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "synfire/base/format.h"
#include "synfire/data/arrays.h"
#include "synfire/data/split.h"
#include "synfire/data/table.h"

namespace synfire {

struct CsvData {
  struct P {
    std::string path;
    std::vector<std::string> target, features, ignore, categories;
    std::string task, separator, decimal, header = "auto", missing = "fill", unseen = "refuse";
    std::vector<Choice> transform{{"standardize", {}}};
  };
  static inline const Field<P> fields[] = {
      {"path", &P::path, "", 0, 0, "the file"},
      {"target", &P::target, "column", 0, 0, "column to be learned, by its name or its number from 1; several when the task is numbers"},
      {"features", &P::features, "column", 0, 0, "columns to learn from; all others when not given"},
      {"ignore", &P::ignore, "column", 0, 0, "columns that are neither: row numbers, names, dates"},
      {"categories", &P::categories, "column", 0, 0, "features whose numbers are names of kinds; columns of texts are categories anyway. A category becomes one feature a level"},
      {"task", &P::task, "", 0, 0, "\"classes\" or \"numbers\"; when not given, texts and up to 20 different whole numbers are classes, other numbers are numbers"},
      {"separator", &P::separator, "", 0, 0, "between cells; found by itself when not given"},
      {"decimal", &P::decimal, "", 0, 0, "\",\" reads 1,5 as a number; \".\" when not given"},
      {"header", &P::header, "", 0, 0, "\"yes\", \"no\", or \"auto\": the first row is names when none of its cells is a number"},
      {"missing", &P::missing, "", 0, 0, "\"fill\": a missing value becomes the mean or the commonest level of the training part; \"refuse\": it is an error"},
      {"unseen", &P::unseen, "", 0, 0, "a level that training has not met, in a later table: \"refuse\", or \"zeros\": it counts as none of those known"},
      {"transform", &P::transform, "transform", 0, 0, "what is done to each feature; standardize when not given, [] for none. Fitted on the training part, kept in the checkpoint"}};
  static constexpr std::string_view needed[] = {"path", "target"};
  static constexpr int64_t kMaxClasses = 65536, kWholeClasses = 20;

  static Csv read(const P& p, const LoadContext& c) {
    Csv::Options options;
    check_word("task", p.task, {"classes", "numbers"}, c);
    check_word("header", p.header, {"auto", "yes", "no"}, c);
    check_word("missing", p.missing, {"fill", "refuse"}, c);
    check_word("unseen", p.unseen, {"refuse", "zeros"}, c);
    check_word("decimal", p.decimal, {".", ","}, c);
    if (p.separator == "\\t" || p.separator == "tab") options.separator = '\t';
    else if (p.separator.size() == 1 && p.separator != "\"" && p.separator != "\n") options.separator = p.separator[0];
    else if (!p.separator.empty()) c.problems.add(Code::config, c.where("separator"), fmt::format("separator should be one character, got \"{}\"", p.separator), "\",\", \";\" or \"\\t\"");
    c.problems.throw_if_any();
    options.header = p.header == "yes" ? Csv::Header::yes : p.header == "no" ? Csv::Header::no : Csv::Header::automatic;
    if (p.decimal == ",") options.decimal = ',';
    return Csv::read(c.path(p.path), options);
  }

  static constexpr const char* kNoTarget = "each row needs a target; leave out rows that have none";
  static std::string no_target(const Csv& csv, int64_t r, int64_t column) {
    std::string_view cell = csv.cell(r, column);
    return fmt::format("row {}, column \"{}\": {}", r + 1, csv.names()[size_t(column)], cell.empty() ? "the cell is empty" : fmt::format("\"{}\" stands for a missing value", cell));
  }

  // The columns of targets as f32, row by row; cells that are no numbers become errors.
  static std::vector<float> numbers_of(const Csv& csv, const CsvColumns& columns, Problems& problems) {
    Offenders offenders("the target is read as numbers; task = \"classes\" makes a class of each different text"), empty(kNoTarget);
    std::vector<float> values;
    for (int64_t r = 0; r < csv.rows(); ++r)
      for (int64_t column : columns) {
        std::optional<double> v = csv.number(r, column);
        bool fits = v && std::isfinite(float(*v));
        std::string_view cell = csv.cell(r, column);
        if (Csv::is_missing(cell)) {
          if (empty.next()) empty.add(csv.where(r, column), no_target(csv, r, column));
        } else if (!fits && offenders.next()) {
          std::string what = v ? fmt::format("{} is too large", cell) : fmt::format("\"{}\" is no number", cell.substr(0, 40));
          offenders.add(csv.where(r, column), fmt::format("row {}, column \"{}\": {}", r + 1, csv.names()[size_t(column)], what));
        }
        values.push_back(fits ? float(*v) : 0);
      }
    offenders.report(problems), empty.report(problems);
    return values;
  }

  using Classes = std::map<std::pair<double, std::string>, int64_t>;  // and how many rows each has
  static std::pair<double, std::string> class_key(const Csv& csv, int64_t r, int64_t column, bool whole) {
    return whole ? std::pair(csv.number(r, column).value_or(0), std::string()) : std::pair(0.0, std::string(csv.cell(r, column)));
  }
  static std::string class_name(const std::pair<double, std::string>& key, bool whole) { return whole ? fmt::format("{:.0f}", key.first) : key.second; }

  // Each different cell is a class: whole numbers in their order, else texts in that of their bytes; those of a run as they are there.
  static void set_classes(Dataset& d, const Csv& csv, int64_t column, bool whole, const P& p, const LoadContext& c) {
    const std::string& name = csv.names()[size_t(column)];
    Classes classes;
    Offenders empty(kNoTarget), strange("the run knows its own classes only");
    for (int64_t r = 0; r < csv.rows(); ++r) {
      std::string_view cell = csv.cell(r, column);
      if (Csv::is_missing(cell) && empty.next()) empty.add(csv.where(r, column), no_target(csv, r, column));
      ++classes[class_key(csv, r, column, whole)];
    }
    empty.report(c.problems);
    int64_t count = int64_t(classes.size());
    if (count > kMaxClasses || (p.task.empty() && count > kWholeClasses && count > csv.rows() / 2))
      c.problems.add(Code::data, {csv.file()}, fmt::format("column \"{}\" has {} different values in {} rows: too many for classes", name, count, csv.rows()), "is another column meant? task = \"classes\" insists");
    c.problems.throw_if_any();
    if (c.like) d.class_names = c.like->class_names;
    else for (const auto& [key, n] : classes) d.class_names.push_back(class_name(key, whole));
    std::map<std::string, int32_t> places;
    for (size_t i = 0; i < d.class_names.size(); ++i) places.emplace(d.class_names[i], int32_t(i));
    for (int64_t r = 0; r < csv.rows(); ++r) {
      auto it = places.find(class_name(class_key(csv, r, column, whole), whole));
      if (it == places.end() && strange.next()) strange.add(csv.where(r, column), fmt::format("row {}, column \"{}\": \"{}\" is no class that was met in training", r + 1, name, csv.cell(r, column)));
      d.labels.push_back(it == places.end() ? 0 : it->second);
    }
    strange.report(c.problems);
  }

  // Classes or numbers: decided, and said.
  static void set_target(Dataset& d, const Csv& csv, const CsvColumns& target, const P& p, const LoadContext& c) {
    CellKinds k = kinds_of(csv, target[0]);
    if (k.missing < k.rows && refuse_column(csv, target[0], k, p.task == "classes", c.problems)) return;
    bool whole = k.texts() == 0 && k.numbers == k.whole && k.numbers > 0;
    std::set<double> values;
    if (whole && p.task.empty() && !c.like)
      for (int64_t r = 0; r < csv.rows() && int64_t(values.size()) <= kWholeClasses; ++r) if (auto v = csv.number(r, target[0])) values.insert(*v);
    bool many = int64_t(values.size()) > kWholeClasses;
    bool numbers = c.like && p.task.empty() ? c.like->task == Task::numbers : p.task.empty() ? target.size() > 1 || (k.numbers > k.whole && k.numbers >= k.texts()) || many : p.task == "numbers";
    d.task = numbers ? Task::numbers : Task::classes;
    if (!numbers && target.size() > 1) return c.problems.add(Code::config, c.where("target"), "target names several columns, a class is one", "task = \"numbers\" learns several numbers");
    const std::string& name = csv.names()[size_t(target[0])];
    if (!numbers) {
      set_classes(d, csv, target[0], whole, p, c);
      std::string all;
      for (size_t i = 0; i < d.class_names.size() && i < 6; ++i) all += (i ? ", " : "") + d.class_names[i];
      d.notes.push_back(fmt::format("target \"{}\": {} classes, {}{}{}", name, d.class_names.size(), all, d.class_names.size() > 6 ? " …" : "", p.task.empty() && whole ? "; task = \"numbers\" would learn the number" : ""));
      return;
    }
    for (int64_t t : target) d.target_names.push_back(csv.names()[size_t(t)]);
    d.targets = numbers_of(csv, target, c.problems);
    if (target.size() == 1) d.notes.push_back(fmt::format("target \"{}\": numbers{}", name, p.task.empty() && whole ? "; task = \"classes\" would make a class of each" : ""));
  }

  // A column called "split" that says where each row belongs, by words or by 0, 1, 2; -1 when there is none.
  static int64_t find_split(const Csv& csv) {
    for (int64_t column = 0; column < csv.columns(); ++column) {
      if (csv.names()[size_t(column)] != "split") continue;
      for (int64_t r = 0; r < csv.rows(); ++r) if (!part_of(csv.cell(r, column))) return -1;
      return column;
    }
    return -1;
  }
  static std::optional<Part> part_of(std::string_view cell) {
    if (cell == "train" || cell == "training" || cell == "0") return Part::train;
    if (cell == "validation" || cell == "val" || cell == "1") return Part::validation;
    if (cell == "test" || cell == "2") return Part::test;
    return std::nullopt;
  }

  // The columns that are learned from, of those that the file or the run names.
  static CsvColumns features_of(const Csv& csv, const P& p, const CsvColumns& target, int64_t split, const LoadContext& c) {
    auto in = [](const CsvColumns& list, int64_t column) { return std::find(list.begin(), list.end(), column) != list.end(); };
    CsvColumns features = columns_named(csv, p.features, "features", c), ignored = columns_named(csv, p.ignore, "ignore", c);
    c.problems.throw_if_any();
    for (int64_t column : features)
      if (const char* what = in(target, column) ? "the target" : in(ignored, column) ? "ignored" : nullptr) c.problems.add(Code::config, c.where("features"), fmt::format("the column \"{}\" is a feature and {}", csv.names()[size_t(column)], what), "a column is one or the other");
    for (int64_t column : ignored)
      if (in(target, column)) c.problems.add(Code::config, c.where("ignore"), fmt::format("the column \"{}\" is the target and ignored", csv.names()[size_t(column)]), "a column is one or the other");
    if (p.features.empty())
      for (int64_t column = 0; column < csv.columns(); ++column)
        if (!in(target, column) && !in(ignored, column) && column != split) features.push_back(column);
    if (features.empty()) c.problems.add(Code::data, {csv.file()}, "has no column but the target", "there is nothing to learn from");
    c.problems.throw_if_any();
    return features;
  }

  static Dataset load(const P& p, const LoadContext& c) {
    Csv csv = read(p, c);
    CsvColumns target = columns_named(csv, p.target, "target", c), categories = columns_named(csv, p.categories, "categories", c);
    if (p.target.empty()) c.problems.add(Code::config, c.where("target"), "target names no column", "target = \"COLUMN\" is what is learned");
    c.problems.throw_if_any();
    int64_t split_column = find_split(csv);
    CsvColumns features = features_of(csv, p, target, split_column, c);
    Dataset d;
    d.name = "csv";
    if (split_column >= 0)
      for (int64_t r = 0; r < csv.rows(); ++r) d.parts.push_back(*part_of(csv.cell(r, split_column)));
    set_target(d, csv, target, p, c);
    d.x = Tensor(DType::f32, {csv.rows(), 0});
    Table options;
    options.fill = p.missing != "refuse", options.unseen = p.unseen == "zeros";
    bool known = c.like && !c.like->table.columns.empty();
    // Which rows train follows from the target alone, so that what is fitted sees those rows only.
    Problems unclear;
    bool split_fails = d.labels.size() + d.targets.size() == 0 || (d.task == Task::classes && d.class_names.size() < 2);
    std::vector<int64_t> train = known || split_fails ? std::vector<int64_t>() : make_split(d, read_fractions(c.table.find("split"), unclear), c.where("split")).train;
    d.table = known ? c.like->table : fit_table(csv, features, categories, train, options, c.problems);
    c.problems.throw_if_any();
    if (known) features = columns_of_run(csv, d.table, c);
    TableCounts counts;
    d.x = encode_table(csv, features, d.table, !known, counts, c.problems);
    d.sample = {d.x.shape[1]}, d.feature_names = feature_names(d.table);
    d.missing = counts.missing;
    for (std::string& note : notes_of(d.table, counts, csv.rows())) d.notes.push_back(std::move(note));
    return d;
  }

  static CsvColumns columns_of_run(const Csv& csv, const Table& table, const LoadContext& c) {
    std::vector<std::string> names;
    for (const TableColumn& column : table.columns) names.push_back(column.name);
    CsvColumns columns = columns_named(csv, names, "the run", c);
    c.problems.throw_if_any();
    return columns;
  }
};
SYNFIRE_DATASET(CsvData, "csv", "A table in a text file: numbers and categories to learn from, a class or numbers to be learned. Features are standardized unless transform says otherwise.", "your own file");

}  // namespace synfire

// Seeded, stratified choice of rows.
#include "synfire/data/split.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "synfire/base/format.h"
#include "synfire/base/random.h"

namespace synfire {
namespace {

// Rows in strata: one for each class, in the order of rows; numbers are one stratum.
std::vector<std::vector<int64_t>> strata_of(const Dataset& d, const std::vector<int64_t>& rows) {
  if (d.task == Task::numbers) return {rows};
  std::vector<std::vector<int64_t>> strata(static_cast<size_t>(d.classes()));
  for (int64_t r : rows) strata[size_t(d.labels[size_t(r)])].push_back(r);
  return strata;
}

// Takes a fraction of each stratum; what rounding leaves over goes on to the next one, so that the total is right, too.
struct Quota {
  double fraction, owed = 0;
  int64_t take(int64_t available, int64_t stratum_size) {
    owed += fraction * double(stratum_size);
    int64_t n = std::min<int64_t>(available, int64_t(std::floor(owed + 0.5)));
    owed -= double(n);
    return n;
  }
};

void divide(const Dataset& d, const std::vector<int64_t>& rows, double train, double validation, double test, int64_t seed, Split& split) {
  Quota quota_test{test}, quota_validation{validation}, quota_train{train};
  bool all = train + validation + test > 1 - 1e-9;
  auto strata = strata_of(d, rows);
  for (size_t c = 0; c < strata.size(); ++c) {
    std::vector<int64_t>& s = strata[c];
    Random random{uint64_t(seed), stream_of("split"), c};
    int64_t n = int64_t(s.size());
    for (int64_t i = n - 1; i > 0; --i) std::swap(s[size_t(i)], s[random.below(uint64_t(i), uint64_t(i) + 1)]);
    int64_t tested = quota_test.take(n, n), validated = quota_validation.take(n - tested, n);
    int64_t trained = all ? n - tested - validated : quota_train.take(n - tested - validated, n);
    auto at = s.begin();
    split.test.insert(split.test.end(), at, at + tested);
    split.validation.insert(split.validation.end(), at + tested, at + tested + validated);
    split.train.insert(split.train.end(), at + tested + validated, at + tested + validated + trained);
  }
}

}  // namespace

Fractions read_fractions(const Node* split, Problems& problems) {
  Fractions f;
  if (!split) return f;
  if (!split->is(Node::Kind::table)) {
    problems.add(Code::config, split->where, fmt::format("split should be a table, got {}", split->str()), "split = {train = 0.7, validation = 0.15, test = 0.15}");
    return f;
  }
  for (const auto& [key, v] : split->fields) {
    double* to = key == "train" ? &f.train : key == "validation" ? &f.validation : key == "test" ? &f.test : nullptr;
    if (key == "seed") {
      if (v.is(Node::Kind::integer) && v.integer >= 0) f.seed = v.integer;
      else problems.add(Code::config, v.where, fmt::format("seed should be a whole number from 0, got {}", v.str()), "which rows go where; default 0");
    } else if (!to) {
      std::string near = nearest(key, {"train", "validation", "test", "seed"});
      problems.add(Code::config, v.where, fmt::format("unknown key \"{}\"", key), near.empty() ? "known here: train, validation, test, seed" : fmt::format("did you mean \"{}\"?", near));
    } else if (!v.is_number() || !(v.real >= 0 && v.real <= 1)) {
      problems.add(Code::config, v.where, fmt::format("{} should be a number from 0 to 1, got {}", key, v.str()), "the fraction of the rows");
    } else {
      *to = v.real;
    }
  }
  double sum = std::max(f.train, 0.0) + std::max(f.validation, 0.0) + std::max(f.test, 0.0);
  if (sum > 1 + 1e-9) problems.add(Code::config, split->where, fmt::format("the fractions of split add up to {:.4g}", sum), "they share the rows and may not exceed 1");
  return f;
}

Split make_split(const Dataset& d, const Fractions& f, const Where& where) {
  Split split;
  std::vector<int64_t> open;
  for (int64_t r = 0; r < d.rows(); ++r) {
    Part part = d.parts.empty() ? Part::train : d.parts[size_t(r)];
    (part == Part::train ? open : part == Part::validation ? split.validation : split.test).push_back(r);
  }
  bool has_test = !split.test.empty(), has_validation = !split.validation.empty();
  for (auto [has, given, name] : {std::tuple(has_test, f.test, "test"), std::tuple(has_validation, f.validation, "validation")})
    if (has && given > 0) fail(Code::config, where, fmt::format("split asks for {} rows, but {} has a {} part of its own", name, d.name, name), fmt::format("leave {} out of split", name));
  double left = f.train >= 0 ? 1 - f.train : 1;  // what an absent fraction may take
  double test = has_test ? 0 : f.test >= 0 ? f.test : d.parts.empty() ? std::min(0.15, f.validation >= 0 ? left - f.validation : left / 2) : 0;
  double validation = has_validation ? 0 : f.validation >= 0 ? f.validation : std::min(has_test ? 0.1 : 0.15, left - test);
  test = std::max(test, 0.0), validation = std::max(validation, 0.0);
  divide(d, open, f.train >= 0 ? f.train : 1 - validation - test, validation, test, f.seed, split);
  for (auto* rows : {&split.train, &split.validation, &split.test}) std::sort(rows->begin(), rows->end());
  if (split.train.empty()) fail(Code::data, where, fmt::format("{}: no rows are left to train on, of {}", d.name, d.rows()), d.parts.empty() ? "give split a larger train" : "its own split column or folders give none to it");
  return split;
}

std::string split_csv(const Split& split) {
  std::vector<std::pair<int64_t, Part>> rows;
  for (Part part : {Part::train, Part::validation, Part::test})
    for (int64_t r : split[part]) rows.emplace_back(r, part);
  std::sort(rows.begin(), rows.end());
  std::string s = "row,split\n";
  for (auto [row, part] : rows) s += fmt::format("{},{}\n", row, kPartNames[int(part)]);
  return s;
}

}  // namespace synfire

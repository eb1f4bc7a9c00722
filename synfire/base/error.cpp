// Errors as text, and the search for the name that was probably meant.
#include "synfire/base/error.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

namespace synfire {

int exit_code(Code code) {
  switch (code) {
    case Code::usage:
    case Code::config:
    case Code::shape: return 2;
    case Code::data: return 3;
    case Code::diverged: return 4;
    case Code::interrupted: return 130;
    default: return 1;
  }
}

std::string Where::str() const {
  std::string s = file;
  if (line > 0) s += ":" + std::to_string(line);
  if (line > 0 && column > 0) s += ":" + std::to_string(column);
  return s;
}

std::string Error::str() const {
  std::string s = where.str();
  if (!s.empty()) s += ": ";
  s += message;
  if (!hint.empty()) s += (s.ends_with('.') || s.ends_with('?') ? " Hint: " : ". Hint: ") + hint;
  return s;
}

Failure::Failure(Error error) : Failure(std::vector<Error>{std::move(error)}) {}

Failure::Failure(std::vector<Error> errors) : errors_(std::move(errors)) {
  for (const Error& e : errors_) text_ += (text_.empty() ? "" : "\n") + e.str();
}

void fail(Code code, Where where, std::string message, std::string hint) {
  throw Failure(Error{code, std::move(where), std::move(message), std::move(hint)});
}

void Problems::add(Code code, Where where, std::string message, std::string hint) {
  errors_.push_back({code, std::move(where), std::move(message), std::move(hint)});
}

void Problems::throw_if_any() {
  if (errors_.empty()) return;
  std::stable_sort(errors_.begin(), errors_.end(), [](const Error& a, const Error& b) {
    return std::tie(a.where.file, a.where.line, a.where.column) < std::tie(b.where.file, b.where.line, b.where.column);
  });
  std::vector<Error> told;  // a block used twice makes the same mistake twice; once is enough
  std::set<std::string> seen;
  for (Error& e : errors_)
    if (seen.insert(e.str()).second) told.push_back(std::move(e));
  throw Failure(std::move(told));
}

static size_t edit_distance(std::string_view a, std::string_view b) {  // Levenshtein 1966, one row at a time
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t substitute = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, substitute}));
    }
  }
  return row.back();
}

std::string nearest(std::string_view name, const std::vector<std::string>& candidates) {
  std::string best;
  size_t best_distance = std::max<size_t>(2, name.size() / 3) + 1;
  for (const std::string& c : candidates) {
    size_t d = edit_distance(name, c);
    if (d < best_distance) best_distance = d, best = c;
  }
  return best;
}

}  // namespace synfire

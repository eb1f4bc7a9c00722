// Errors as text, and the search for the name that was probably meant.
#include "synfire/base/error.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "synfire/base/utf8.h"

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
  std::string s = printable(file);
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

namespace {

constexpr size_t kLongest = 2000, kMost = 100;  // bytes of a message or hint; mistakes told at once

// Messages quote files, and end on terminals and in logs.
void trim(Error& e) {
  for (std::string* text : {&e.message, &e.hint}) {
    if (text->size() <= kLongest) continue;
    size_t end = kLongest;
    while (end > 0 && (uint8_t((*text)[end]) & 0xc0) == 0x80) --end;  // not within a letter
    text->replace(end, text->npos, "…");
  }
}

}  // namespace

Failure::Failure(Error error) : Failure(std::vector<Error>{std::move(error)}) {}

Failure::Failure(std::vector<Error> errors) : errors_(std::move(errors)) {
  for (Error& e : errors_) trim(e), e.message = printable(e.message), e.hint = printable(e.hint);
  for (const Error& e : errors_) text_ += (text_.empty() ? "" : "\n") + e.str();
}

void fail(Code code, Where where, std::string message, std::string hint) {
  throw Failure(Error{code, std::move(where), std::move(message), std::move(hint)});
}

void Problems::add(Code code, Where where, std::string message, std::string hint) {
  add(Error{code, std::move(where), std::move(message), std::move(hint)});
}

void Problems::add(Error error) {
  trim(error);
  errors_.push_back(std::move(error));
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
  if (told.size() > kMost) {
    told[kMost - 1].message += " (and " + std::to_string(told.size() - kMost) + " more mistakes)";
    told.resize(kMost);
  }
  throw Failure(std::move(told));
}

namespace {

// Letters that differ, two neighbours that changed places counting as one (optimal string alignment, Damerau 1964).
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> two(b.size() + 1), one(b.size() + 1), row(b.size() + 1);  // two: the row before the one before
  std::iota(one.begin(), one.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({one[j] + 1, row[j - 1] + 1, one[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], two[j - 2] + 1);
    }
    two.swap(one), one.swap(row);
  }
  return one.back();
}

std::string plain(std::string_view name) {  // without what people write differently: MaxPool2D, max-pool2d
  std::string s;
  for (char c : name)
    if (c != '_' && c != '-' && c != ' ') s += c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
  return s;
}

}  // namespace

std::string nearest(std::string_view name, const std::vector<std::string>& candidates) {
  constexpr size_t kLongest = 200;  // bytes of a name that somebody may have mistyped; the distance costs the product of both lengths
  std::string best, mine = plain(name);
  if (mine.size() > kLongest) return best;
  size_t best_distance = (mine.size() < 3 ? 0 : mine.size() < 5 ? 1 : std::max<size_t>(2, mine.size() / 3)) + 1;
  for (const std::string& c : candidates) {
    if (c.size() > kLongest) continue;
    if (size_t d = edit_distance(mine, plain(c)); d < best_distance) best_distance = d, best = c;
  }
  if (!best.empty()) return best;
  size_t best_rest = std::string::npos;  // one begins with the other: conv for conv2d, batch_size for batch
  for (const std::string& c : candidates) {
    std::string other = plain(c);
    size_t shared = std::min(mine.size(), other.size()), rest = std::max(mine.size(), other.size()) - shared;
    if (shared >= 3 && rest < best_rest && mine.compare(0, shared, other, 0, shared) == 0) best_rest = rest, best = c;
  }
  return best;
}

}  // namespace synfire

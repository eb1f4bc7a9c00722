// The one way that anything in Synfire says what went wrong: a code, a place, what happened, and what to do about it.
#pragma once
#include <concepts>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace synfire {

// Decides the exit code of the command line: usage and config 2, data 3, diverged 4, interrupted 130, the others 1.
enum class Code { usage, config, shape, data, io, diverged, interrupted, internal };
int exit_code(Code code);

// A place in a file. line and column count from 1; 0 means unknown.
struct Where {
  std::string file;
  int line = 0, column = 0;
  std::string str() const;  // "a.toml:7:3", "a.toml", or "" when nothing is known
};

struct Error {
  Code code = Code::internal;
  Where where;
  std::string message;
  std::string hint;          // what to do; may be empty
  std::string str() const;   // "a.toml:7:3: message. Hint: …"
};

// Thrown with one error or many. Values are checked at the edges; kernels never throw.
class Failure : public std::exception {
 public:
  explicit Failure(Error error);
  explicit Failure(std::vector<Error> errors);
  const std::vector<Error>& errors() const { return errors_; }
  Code code() const { return errors_.front().code; }
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::vector<Error> errors_;
  std::string text_;  // one error a line
};

[[noreturn]] void fail(Code code, Where where, std::string message, std::string hint = {});
// A template, so that {file} before a message is never read as a text: it is a Where.
template <class Text> requires std::convertible_to<Text, std::string>
[[noreturn]] void fail(Code code, Text&& message, std::string hint = {}) { fail(code, Where{}, std::string(std::forward<Text>(message)), std::move(hint)); }

// Collects the mistakes of a file so that all of them are told at once.
class Problems {
 public:
  void add(Error error);
  void add(Code code, Where where, std::string message, std::string hint = {});
  bool empty() const { return errors_.empty(); }
  size_t size() const { return errors_.size(); }
  void throw_if_any();  // throws Failure with everything collected, in the order of the file

 private:
  std::vector<Error> errors_;
};

// The candidate with the smallest edit distance to `name`, where not more than a third of its letters differ (of three or four: one);
// else the one that begins with it, or that it begins with; or "". Capitals and _ do not count.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace synfire

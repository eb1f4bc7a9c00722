// Attributes: the settings of an op or of a thing from catalog/, by name, checked and complete.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace synfire {

class Attrs;
struct Choice;  // a thing of another kind: its name and its own attributes
using Attr = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>, std::vector<Choice>>;

// Few and small, so a list in the order of setting. Absent names give the fallback.
class Attrs {
 public:
  Attrs() = default;
  Attrs(std::initializer_list<std::pair<std::string_view, Attr>> list);

  const Attr* find(std::string_view name) const;
  void set(std::string_view name, Attr value);
  bool flag(std::string_view name, bool fallback = false) const;
  int64_t integer(std::string_view name, int64_t fallback = 0) const;
  double real(std::string_view name, double fallback = 0) const;  // an integer will do
  std::string text(std::string_view name, std::string_view fallback = "") const;
  std::vector<int64_t> ints(std::string_view name) const;
  const Choice* choice(std::string_view name) const;
  const std::vector<std::pair<std::string, Attr>>& list() const { return list_; }
  bool operator==(const Attrs&) const;

 private:
  std::vector<std::pair<std::string, Attr>> list_;
};

struct Choice {
  std::string kind;
  Attrs attrs;
  bool operator==(const Choice&) const = default;
};

std::string text_of(const Attr& a);  // as TOML would write it

}  // namespace synfire

// What is in catalog/: Entry is what every thing says of itself, Registry<T> finds the things of one kind by name.
// Both are filled before main by the files of catalog/ themselves and only read afterwards.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "synfire/base/attrs.h"
#include "synfire/base/error.h"

namespace synfire {

// One parameter of a thing, as explain, --print-config, range checks and the docs need it.
struct ParamInfo {
  enum class Type { real, integer, boolean, text, pair, padding, choice, choices, texts, table };  // table: whoever needs it reads it from the tree
  std::string_view name;
  Type type = Type::real;
  Attr fallback;              // meaningless when required
  bool required = false;
  std::string_view unit;      // "ms", "" … ; for choice(s) the role that it is chosen from ("activation"), for texts what they name
  double low = 0, high = 0;   // inclusive range of numbers; no limit where low == high
  std::string_view doc;
};

struct Entry {
  std::string_view role;      // "op", "layer", "optimizer" …
  std::string_view name;      // the word after kind = in a model file
  std::string_view doc;       // one sentence
  std::string_view file;      // where it is defined
  std::vector<ParamInfo> params;
};

std::map<std::string, Entry>& catalogue();                              // by "role/name"
const Entry* find_entry(std::string_view role, std::string_view name);  // null when there is none
std::vector<std::string> entry_names(std::string_view role);            // sorted

template <class T>  // T derives from Entry
class Registry {
 public:
  static bool add(T entry) {
    std::string name(entry.name);
    catalogue().emplace(std::string(entry.role) + "/" + name, entry);
    return all().emplace(name, std::move(entry)).second;
  }
  static const T* find(std::string_view name) {
    auto it = all().find(std::string(name));
    return it == all().end() ? nullptr : &it->second;
  }
  static std::vector<std::string> names() {
    std::vector<std::string> v;
    for (const auto& [k, e] : all()) v.push_back(k);
    return v;
  }
  static const std::map<std::string, T>& entries() { return all(); }

 private:
  static std::map<std::string, T>& all();  // SYNFIRE_REGISTRY defines it, in one .cpp, so that one copy is in the process
};

#define SYNFIRE_REGISTRY(T)                             \
  template <>                                           \
  std::map<std::string, T>& Registry<T>::all() {        \
    static std::map<std::string, T> entries;            \
    return entries;                                     \
  }
#define SYNFIRE_REGISTRY_DECLARE(T) template <> std::map<std::string, T>& Registry<T>::all();

}  // namespace synfire

// Registry<T>: every T of catalog/, by name. Filled before main by the files of catalog/ themselves, read-only after.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "synfire/base/error.h"

namespace synfire {

template <class T>
class Registry {
 public:
  static void add(T entry) { all().emplace(std::string(entry.name), std::move(entry)); }
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
  static std::map<std::string, T>& all();  // defined once a T by SYNFIRE_REGISTRY, so that one copy exists in the process
};

#define SYNFIRE_REGISTRY(T)                             \
  template <>                                           \
  std::map<std::string, T>& Registry<T>::all() {        \
    static std::map<std::string, T> entries;            \
    return entries;                                     \
  }

}  // namespace synfire

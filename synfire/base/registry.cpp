// The list of everything that registered itself.
#include "synfire/base/registry.h"

namespace synfire {

std::map<std::string, Entry>& catalogue() {
  static std::map<std::string, Entry> entries;
  return entries;
}

const Entry* find_entry(std::string_view role, std::string_view name) {
  auto it = catalogue().find(std::string(role) + "/" + std::string(name));
  return it == catalogue().end() ? nullptr : &it->second;
}

std::vector<std::string> entry_names(std::string_view role) {
  std::vector<std::string> names;
  for (const auto& [key, e] : catalogue()) if (e.role == role) names.emplace_back(e.name);
  return names;
}

}  // namespace synfire

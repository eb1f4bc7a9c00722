// list [ROLE]: what the catalogue has.
#include <algorithm>
#include <map>

#include "synfire/base/format.h"
#include "synfire/cli/command.h"
#include "synfire/cli/records.h"

namespace synfire::cli {
namespace {

std::string table_of(const std::vector<const Entry*>& entries) {
  size_t width = 0;
  for (const Entry* e : entries) width = std::max(width, e->name.size());
  std::string s;
  for (const Entry* e : entries) s += fmt::format("  {:<{}}  {}\n", e->name, width, e->doc);
  return s;
}

}  // namespace

int list(const Command& c) {
  const std::vector<Entry> records = all_records();
  std::map<std::string, std::vector<const Entry*>> roles;
  for (const Entry& e : records) roles[std::string(e.role)].push_back(&e);
  std::string wanted = c.words.empty() ? "" : c.words[0];
  if (wanted.size() > 1 && !roles.count(wanted) && wanted.back() == 's') wanted.pop_back();  // "list optimizers"
  if (wanted == "losse") wanted = "loss";
  if (!wanted.empty() && !roles.count(wanted)) {
    std::vector<std::string> names;
    std::string all;
    for (const auto& [role, entries] : roles) names.push_back(role), all += (all.empty() ? "" : ", ") + role;
    std::string near = nearest(wanted, names);
    fail(Code::usage, fmt::format("the catalogue has no role \"{}\"", c.words[0]), near.empty() ? "the roles are " + all : fmt::format("did you mean \"synfire list {}\"?", near));
  }
  std::string text, json;
  for (const auto& [role, entries] : roles) {
    if (!wanted.empty() && role != wanted) continue;
    bool hidden = wanted.empty() && role == "op";  // hundreds, and of use to those who extend the engine only
    text += fmt::format("{}{} ({})\n", text.empty() ? "" : "\n", role, entries.size());
    text += hidden ? "  `synfire list op` names them\n" : table_of(entries);
    for (const Entry* e : entries) json += (json.empty() ? "" : ",") + json_of(*e);
  }
  print(c.json ? "[" + json + "]\n" : text);
  return 0;
}

}  // namespace synfire::cli

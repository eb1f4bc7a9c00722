// explain NAME: what a thing of the catalogue is, and which parameters it takes.
#include <algorithm>

#include "synfire/base/format.h"
#include "synfire/cli/command.h"
#include "synfire/cli/records.h"

namespace synfire::cli {
namespace {

std::string params_text(const std::vector<ParamInfo>& params) {
  std::string s;
  for (const ParamInfo& p : params) {
    std::string facts = type_of(p);
    for (const std::string& f : {default_of(p), range_of(p)}) if (!f.empty()) facts += ", " + f;
    s += fmt::format("  {}\n      {}\n      {}\n", p.name, facts, p.doc);
  }
  return s;
}

std::string text_of_entry(const Entry& e) {
  std::string s = fmt::format("{}: {} {}\n{}\n", e.name, std::string_view("aeiou").find(e.role[0]) != std::string_view::npos ? "an" : "a", e.role, e.doc);
  if (!e.params.empty()) s += "\nParameters\n" + params_text(e.params);
  std::string example = example_of(e);
  if (!example.empty()) s += "\nIn a model file\n" + example;
  return s + fmt::format("\nDefined in {}\n", file_of(e));
}

// Things that take a parameter of this name, the first few.
std::string owners_of(const std::string& param) {
  std::string s;
  int told = 0;
  for (const Entry& e : all_records()) {
    bool takes = e.role != "op" && std::any_of(e.params.begin(), e.params.end(), [&](const ParamInfo& p) { return p.name == param; });
    if (takes && ++told <= 4) s += fmt::format("{}{}", s.empty() ? "" : ", ", e.name);
  }
  return s + (told > 4 ? ", …" : "");
}

}  // namespace

int explain(const Command& c) {
  const std::string& name = c.words[0];
  std::vector<Entry> found;
  std::vector<std::string> names, roles;
  for (const Entry& e : all_records()) {
    if (e.name == name || fmt::format("{}/{}", e.role, e.name) == name) found.push_back(e);
    names.emplace_back(e.name), roles.emplace_back(e.role);
  }
  // Nobody asks for the op when a layer, loss or activation has the same name; `explain op/NAME` still does.
  bool only_ops = std::all_of(found.begin(), found.end(), [](const Entry& e) { return e.role == "op"; });
  if (!only_ops && name.find('/') == name.npos) std::erase_if(found, [](const Entry& e) { return e.role == "op"; });
  if (found.empty()) {
    std::string near = nearest(name, names);
    std::string role = name.ends_with('s') ? name.substr(0, name.size() - 1) : name;  // "explain optimizers"
    if (std::find(roles.begin(), roles.end(), role) != roles.end()) fail(Code::usage, fmt::format("\"{}\" is a role that many things have", name), fmt::format("`synfire list {}` names them", role));
    if (std::string owners = owners_of(name); !owners.empty()) fail(Code::usage, fmt::format("\"{}\" is no thing of the catalogue but a parameter", name), fmt::format("of {}: `synfire explain {}`", owners, owners.substr(0, owners.find(','))));
    fail(Code::usage, fmt::format("the catalogue has nothing called \"{}\"", name), near.empty() ? "`synfire list` names all there is" : fmt::format("did you mean \"{}\"?", near));
  }
  std::string text, json;
  for (const Entry& e : found) text += (text.empty() ? "" : "\n") + text_of_entry(e), json += (json.empty() ? "" : ",") + json_of(e);
  print(c.json ? "[" + json + "]\n" : text);
  return 0;
}

}  // namespace synfire::cli

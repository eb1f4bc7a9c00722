// explain NAME: what a thing of the catalogue is, and which parameters it takes.
#include <algorithm>

#include "synfire/base/format.h"
#include "synfire/base/registry.h"
#include "synfire/cli/command.h"
#include "synfire/model/settings.h"

namespace synfire::cli {
namespace {

std::string type_of(const ParamInfo& p) {
  using T = ParamInfo::Type;
  switch (p.type) {
    case T::real: return "number";
    case T::integer: return "whole number";
    case T::boolean: return "true or false";
    case T::text: return "text";
    case T::pair: return "number or [height, width]";
    case T::padding: return "\"same\", \"valid\", number or [height, width]";
    case T::choice: return std::string(p.unit);
    case T::table: return "table";
    default: return "list of " + std::string(p.unit);
  }
}

std::string default_of(const ParamInfo& p) {
  if (p.required) return "required";
  std::string s = text_of(p.fallback);
  return s == "\"\"" ? "" : "default " + s;
}

std::string range_of(const ParamInfo& p) {
  bool number = p.type == ParamInfo::Type::real || p.type == ParamInfo::Type::integer || p.type == ParamInfo::Type::pair || p.type == ParamInfo::Type::padding;
  std::string unit = number && !p.unit.empty() ? " " + std::string(p.unit) : "";
  return number && p.low != p.high ? fmt::format("{} to {}{}", p.low, p.high, unit) : unit;
}

std::string params_text(const std::vector<ParamInfo>& params) {
  std::string s;
  for (const ParamInfo& p : params) {
    std::string facts = type_of(p);
    for (const std::string& f : {default_of(p), range_of(p)}) if (!f.empty()) facts += ", " + f;
    s += fmt::format("  {}\n      {}\n      {}\n", p.name, facts, p.doc);
  }
  return s;
}

std::string example_of(const Entry& e) {
  std::string keys, inline_keys;
  for (const ParamInfo& p : e.params) {
    if (!p.required && (&p != &e.params.front() || p.type == ParamInfo::Type::table)) continue;
    bool text = p.type == ParamInfo::Type::text || p.type == ParamInfo::Type::texts;
    std::string value = p.required ? (text ? "\"…\"" : p.name == "units" ? "\"classes\"" : p.low > 1 ? fmt::format("{}", p.low) : "16") : text_of(p.fallback);
    keys += fmt::format("  {} = {}\n", p.name, value), inline_keys += fmt::format(", {} = {}", p.name, value);
  }
  if (e.role == "layer") return fmt::format("  [[layer]]\n  kind = \"{}\"\n{}", e.name, keys);
  if (e.role == "activation") return fmt::format("  activation = \"{}\"        # of a dense or conv2d layer, or as a layer of its own\n", e.name);
  if (e.role == "optimizer" || e.role == "loss" || e.role == "schedule") return fmt::format("  [train]\n  {} = {{kind = \"{}\"{}}}\n", e.role, e.name, inline_keys);
  if (e.role == "dataset") return keys.empty() ? fmt::format("  data = \"{}\"\n", e.name) : fmt::format("  [data]\n  kind = \"{}\"\n{}", e.name, keys);
  if (e.role == "initializer") return fmt::format("  init = {{kind = \"{}\"{}}}\n", e.name, inline_keys);
  return "";
}

std::string text_of_entry(const Entry& e) {
  std::string s = fmt::format("{}: {} {}\n{}\n", e.name, std::string_view("aeiou").find(e.role[0]) != std::string_view::npos ? "an" : "a", e.role, e.doc);
  if (!e.params.empty()) s += "\nParameters\n" + params_text(e.params);
  std::string example = example_of(e);
  if (!example.empty()) s += "\nIn a model file\n" + example;
  size_t file = e.file.rfind("catalog/");
  s += fmt::format("\nDefined in {}\n", file == std::string_view::npos ? e.file : e.file.substr(file));
  return s;
}

std::string json_of(const Entry& e) {
  std::string params;
  for (const ParamInfo& p : e.params)
    params += fmt::format("{}{{\"name\":{},\"type\":{},\"required\":{},\"default\":{},\"unit\":{},\"low\":{},\"high\":{},\"doc\":{}}}", params.empty() ? "" : ",",
                     json_text(std::string(p.name)), json_text(type_of(p)), p.required, p.required ? "null" : json_text(text_of(p.fallback)),
                     json_text(std::string(p.unit)), p.low, p.high, json_text(std::string(p.doc)));
  return fmt::format("{{\"role\":{},\"name\":{},\"doc\":{},\"params\":[{}]}}", json_text(std::string(e.role)), json_text(std::string(e.name)), json_text(std::string(e.doc)), params);
}

}  // namespace

int explain(const Command& c) {
  const std::string& name = c.words[0];
  std::vector<Entry> found;
  std::vector<std::string> names{"train"};
  for (const auto& [key, e] : catalogue()) {
    if (e.name == name || key == name) found.push_back(e);
    names.emplace_back(e.name);
  }
  // Nobody asks for the op when a layer, loss or activation has the same name; `explain op/NAME` still does.
  bool only_ops = std::all_of(found.begin(), found.end(), [](const Entry& e) { return e.role == "op"; });
  if (!only_ops && name.find('/') == name.npos) std::erase_if(found, [](const Entry& e) { return e.role == "op"; });
  if (name == "train") found.push_back({"table", "train", "The [train] table of a model file: how a network learns.", "synfire/model/settings.cpp", infos_of(TrainSettings::fields())});
  if (found.empty()) {
    std::string near = nearest(name, names);
    fail(Code::usage, fmt::format("the catalogue has nothing called \"{}\"", name), near.empty() ? "`synfire list` names all there is" : fmt::format("did you mean \"{}\"?", near));
  }
  std::string text, json;
  for (const Entry& e : found) text += (text.empty() ? "" : "\n") + text_of_entry(e), json += (json.empty() ? "" : ",") + json_of(e);
  print(c.json ? "[" + json + "]\n" : text);
  return 0;
}

}  // namespace synfire::cli

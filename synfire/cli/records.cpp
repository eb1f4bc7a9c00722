// What things say of themselves, as words and as JSON.
#include "synfire/cli/records.h"

#include <algorithm>
#include <map>

#include "synfire/base/format.h"
#include "synfire/cli/command.h"
#include "synfire/def/layer.h"
#include "synfire/def/loss.h"
#include "synfire/model/settings.h"
#include "synfire/model/time.h"
#include "synfire/train/metrics.h"

namespace synfire::cli {
namespace {

bool is_number(const ParamInfo& p) {
  using T = ParamInfo::Type;
  return p.type == T::real || p.type == T::integer || p.type == T::pair || p.type == T::padding;
}

std::string json_of(const ParamInfo& p) {
  bool limits = is_number(p) && p.low != p.high;
  std::string fallback = p.required ? "" : text_of(p.fallback);
  return fmt::format("{{\"name\":{},\"type\":{},\"required\":{},\"default\":{},\"unit\":{},\"low\":{},\"high\":{},\"doc\":{}}}", json_text(std::string(p.name)),
                     json_text(type_of(p)), p.required, fallback.empty() ? "null" : json_text(fallback), json_text(std::string(p.unit)),
                     limits ? fmt::format("{}", p.low) : "null", limits ? fmt::format("{}", p.high) : "null", json_text(std::string(p.doc)));
}

}  // namespace

std::vector<Entry> all_records() {
  std::map<std::string, Entry> sorted;
  for (const auto& [key, e] : catalogue()) sorted.emplace(key, e);
  for (const Entry& e : metric_entries()) sorted.emplace(fmt::format("{}/{}", e.role, e.name), e);
  sorted.emplace("table/train", Entry{"table", "train", "The [train] table of a model file: how a network learns.", "synfire/model/settings.cpp", infos_of(TrainSettings::fields())});
  sorted.emplace("table/time", Entry{"table", "time", "The [time] table of a model file: how a network goes through time.", "synfire/model/time.cpp", infos_of(TimeSettings::fields())});
  std::vector<Entry> all;
  for (auto& [key, e] : sorted) all.push_back(std::move(e));
  return all;
}

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
  std::string unit = is_number(p) && !p.unit.empty() ? " " + std::string(p.unit) : "";
  return is_number(p) && p.low != p.high ? fmt::format("{} to {}{}", p.low, p.high, unit) : unit;
}

std::string example_of(const Entry& e) {
  std::string keys, inline_keys;
  for (const ParamInfo& p : e.params) {
    if (!p.required && (&p != &e.params.front() || p.type == ParamInfo::Type::table)) continue;
    bool text = p.type == ParamInfo::Type::text || p.type == ParamInfo::Type::texts;
    std::string value = p.required ? (text ? "\"…\"" : p.name == "units" ? "\"classes\"" : p.low > 1 ? fmt::format("{}", p.low) : "16") : text_of(p.fallback);
    keys += fmt::format("  {} = {}\n", p.name, value), inline_keys += fmt::format(", {} = {}", p.name, value);
  }
  const LayerDef* layer = e.role == "layer" ? Registry<LayerDef>::find(e.name) : nullptr;
  if (layer && layer->min_inputs > 1) keys = "  from = [\"…\", \"…\"]\n" + keys;
  if (layer && layer->sequence) return fmt::format("  [time]\n  over = \"rows\"        # of an image; other samples are sequences themselves\n\n  [[layer]]\n  kind = \"{}\"\n{}", e.name, keys);
  if (e.role == "neuron") return fmt::format("  [time]\n  steps = 25\n\n  [[layer]]\n  kind = \"{}\"\n{}", e.name, keys);
  if (e.role == "layer") return fmt::format("  [[layer]]\n  kind = \"{}\"\n{}", e.name, keys);
  if (e.role == "activation") return fmt::format("  activation = \"{}\"        # of a dense or conv2d layer, or as a layer of its own\n", e.name);
  if (const LossDef* loss = e.role == "loss" ? Registry<LossDef>::find(e.name) : nullptr; loss && loss->over_time)
    return fmt::format("  [time]\n  steps = 25\n\n  [train]\n  loss = {{kind = \"{}\"{}}}\n", e.name, inline_keys);
  if (e.role == "optimizer" || e.role == "loss" || e.role == "schedule") return fmt::format("  [train]\n  {} = {{kind = \"{}\"{}}}\n", e.role, e.name, inline_keys);
  if (e.role == "dataset") return keys.empty() ? fmt::format("  data = \"{}\"\n", e.name) : fmt::format("  [data]\n  kind = \"{}\"\n{}", e.name, keys);
  if (e.role == "initializer") return fmt::format("  init = {{kind = \"{}\"{}}}\n", e.name, inline_keys);
  if (e.role == "surrogate") return fmt::format("  surrogate = {{kind = \"{}\"{}}}        # of a layer that fires\n", e.name, inline_keys);
  if (e.role == "encoder") return fmt::format("  [time]\n  steps = 25\n  encode = {{kind = \"{}\"{}}}\n", e.name, inline_keys);
  if (e.role == "transform") return fmt::format("  [data]\n  transform = [{{kind = \"{}\"{}}}]\n", e.name, inline_keys);
  if (e.role == "augmentation") return fmt::format("  [data]\n  augment = [{{kind = \"{}\"{}}}]\n", e.name, inline_keys);
  return "";
}

std::string file_of(const Entry& e) {
  size_t at = 0;  // the later of both: the sources may lie in a folder of either name
  for (std::string_view folder : {"catalog/", "synfire/"})
    if (size_t found = e.file.rfind(folder); found != std::string_view::npos) at = std::max(at, found);
  return std::string(e.file.substr(at));
}

std::string json_of(const Entry& e) {
  std::string params;
  for (const ParamInfo& p : e.params) params += (params.empty() ? "" : ",") + json_of(p);
  return fmt::format("{{\"role\":{},\"name\":{},\"doc\":{},\"file\":{},\"example\":{},\"params\":[{}]}}", json_text(std::string(e.role)), json_text(std::string(e.name)),
                     json_text(std::string(e.doc)), json_text(file_of(e)), json_text(example_of(e)), params);
}

}  // namespace synfire::cli

// What holds for every dataset: checks, hash, common parameters.
#include "synfire/def/dataset.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

#include "synfire/base/format.h"
#include "synfire/base/sha256.h"

namespace synfire {

SYNFIRE_REGISTRY(DatasetDef)

int64_t Dataset::count(Part part) const { return std::count(parts.begin(), parts.end(), part); }

std::string LoadContext::path(const std::string& given) const {
  if (const char* home = std::getenv("HOME"); home && given.starts_with("~/")) return home + given.substr(1);
  if (given.empty() || given[0] == '/' || folder.empty()) return given;
  return folder + (folder.ends_with('/') ? "" : "/") + given;
}

Where LoadContext::where(std::string_view key) const {
  const Node* n = table.find(key);
  return n ? n->where : table.where;
}

namespace detail {

void add_common_params(std::vector<ParamInfo>& params) {
  using T = ParamInfo::Type;
  const ParamInfo common[] = {
      {"split", T::table, std::string(), false, "", 0, 0, "fractions of the rows that the source leaves open: {train = 0.7, validation = 0.15, test = 0.15, seed = 0}"},
      {"transform", T::choices, std::vector<Choice>{}, false, "transform", 0, 0, "what is done to features or channels; fitted on the training part, kept in the checkpoint"},
      {"augment", T::choices, std::vector<Choice>{}, false, "augmentation", 0, 0, "random changes of training images"},
      {"shuffle", T::boolean, true, false, "", 0, 0, "a new order of the training part in each epoch"}};
  for (const ParamInfo& c : common)
    if (std::none_of(params.begin(), params.end(), [&](const ParamInfo& p) { return p.name == c.name; })) params.push_back(c);
}

}  // namespace detail

static void check_targets(const Dataset& d, Problems& problems) {
  int64_t n = d.rows();
  if (d.task == Task::numbers) {
    int64_t width = d.target_count();
    if (int64_t(d.targets.size()) != n * width) problems.add(Code::data, {}, fmt::format("{}: {} targets for {} samples of {}", d.name, d.targets.size(), n, width));
    int64_t bad = std::count_if(d.targets.begin(), d.targets.end(), [](float v) { return !std::isfinite(v); });
    if (bad > 0) problems.add(Code::data, {}, fmt::format("{}: {} targets are not finite", d.name, bad), "NaN and infinity cannot be learned; leave such rows out");
    return;
  }
  if (int64_t(d.labels.size()) != n) problems.add(Code::data, {}, fmt::format("{}: {} labels for {} samples", d.name, d.labels.size(), n));
  if (d.classes() < 2) problems.add(Code::data, {}, fmt::format("{}: the target has {}, at least two classes are needed", d.name, d.classes() == 1 ? fmt::format("one value, \"{}\"", d.class_names[0]) : "no classes"), "is it the right column? task = \"numbers\" learns a number");
  int64_t outside = std::count_if(d.labels.begin(), d.labels.end(), [&](int32_t l) { return l < 0 || l >= d.classes(); });
  if (outside > 0) problems.add(Code::data, {}, fmt::format("{}: {} labels lie outside 0 … {}", d.name, outside, d.classes() - 1), "classes are counted from 0");
}

void check_dataset(const Dataset& d, Problems& problems) {
  if (d.rows() == 0 || d.x.numel() == 0) return problems.add(Code::data, {}, fmt::format("{}: there are no samples", d.name));
  if (d.x.shape.from(1) != d.sample.numel() || d.sample.rank() < 1 || d.sample.rank() > 3)
    problems.add(Code::data, {}, fmt::format("{}: samples of shape {} in an array of shape {}", d.name, d.sample.str(), d.x.shape.str()));
  check_targets(d, problems);
  if (!d.parts.empty() && int64_t(d.parts.size()) != d.rows()) problems.add(Code::data, {}, fmt::format("{}: {} rows have a part, there are {}", d.name, d.parts.size(), d.rows()));
  if (d.x.dtype != DType::f32) return;
  const float* x = d.x.as<float>();
  int64_t n = d.x.numel();
  uint32_t wrong = 0;  // NaN and infinity have all bits of the exponent set: one pass without branches
  for (int64_t i = 0; i < n; ++i) wrong |= (std::bit_cast<uint32_t>(x[i]) & 0x7f800000u) == 0x7f800000u;
  if (!wrong) return;
  int64_t first = 0, bad = std::count_if(x, x + n, [](float v) { return !std::isfinite(v); });
  while (std::isfinite(x[first])) ++first;
  problems.add(Code::data, {}, fmt::format("{}: {} numbers are not finite, the first in row {} at {}", d.name, bad, first / d.sample.numel(), first % d.sample.numel()),
               "NaN and infinity cannot be learned from; fill them or leave such rows out");
}

std::string hash_of(const Dataset& d) {
  Sha256 h;
  h.update(fmt::format("{} {} {} {} {}\n", d.x.shape.str(), name_of(d.x.dtype), d.unit, d.classes(), d.target_count()));
  h.update(d.x.bytes);
  h.update(std::as_bytes(std::span(d.labels))).update(std::as_bytes(std::span(d.targets))).update(std::as_bytes(std::span(d.parts)));
  return h.hex();
}

Dataset load_dataset(const DatasetDef& def, const Attrs& attrs, const Node& data, const std::string& folder, const Dataset* like, Pool* pool) {
  Problems problems;
  Dataset d = def.load(attrs, LoadContext{data, folder, problems, like, pool});
  problems.throw_if_any();
  if (d.name.empty()) d.name = def.name;
  return checked(std::move(d));
}

Dataset checked(Dataset d) {
  Problems problems;
  check_dataset(d, problems);
  problems.throw_if_any();
  d.hash = hash_of(d);
  return d;
}

}  // namespace synfire

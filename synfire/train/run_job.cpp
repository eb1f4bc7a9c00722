// Reading of run.json.
#include "synfire/train/run_job.h"

#include <algorithm>

#include "synfire/base/format.h"
#include "synfire/train/table_node.h"
#include "synfire/model/config.h"

namespace synfire {
namespace {

const Node& part(const Node& table, std::string_view key, Node::Kind kind, const RunFolder& folder) {
  const Node* n = table.find(key);
  if (!n || !n->is(kind)) fail(Code::data, Where{folder.file("run.json")}, fmt::format("there is no \"{}\" in it, or it is not {}", key, name_of(kind)), "the file is damaged; train anew from the run's model file");
  return *n;
}

std::vector<std::string> texts(const Node& list) {
  std::vector<std::string> v;
  for (const Node& n : list.items) v.push_back(n.text);
  return v;
}

// What run.json says of the samples: names, shape, unit, table; no rows.
Dataset described(const RunFolder& folder, const Node& info) {
  const Node& data = part(info, "data", Node::Kind::table, folder);
  Dataset d;
  d.name = part(data, "name", Node::Kind::text, folder).text;
  if (const Node* unit = data.find("unit"); unit && unit->is_number()) d.unit = unit->real;
  for (const Node& n : part(data, "sample", Node::Kind::array, folder).items) d.sample.push_back(n.integer);
  d.class_names = texts(part(data, "classes", Node::Kind::array, folder));
  d.target_names = texts(part(data, "targets", Node::Kind::array, folder));
  d.feature_names = texts(part(data, "features", Node::Kind::array, folder));
  d.task = d.class_names.empty() ? Task::numbers : Task::classes;
  if (d.sample.rank() == 0 || d.sample.numel() < 1) fail(Code::data, Where{folder.file("run.json")}, "the shape of a sample is no shape");
  if (!d.feature_names.empty() && int64_t(d.feature_names.size()) != d.sample.numel())
    fail(Code::data, Where{folder.file("run.json")}, fmt::format("{} features are named, a sample has {}", d.feature_names.size(), d.sample.numel()), "the file is damaged; train anew from the run's model file");
  const Node* table = data.find("table");
  if (table && !read_table(*table, d.sample.numel(), d.table)) fail(Code::data, Where{folder.file("run.json")}, "the table of the data does not fit its samples", "the file is damaged; train anew from the run's model file");
  return d;
}

}  // namespace

Job open_run(const RunFolder& folder, const Node& info, const std::vector<std::string>& overrides, int threads) {
  Node tree = part(info, "config", Node::Kind::table, folder);
  apply_overrides(tree, overrides);
  Dataset like = described(folder, info);
  Job job = open_job(tree, part(info, "folder", Node::Kind::text, folder).text, threads, &like);
  bool other = std::any_of(overrides.begin(), overrides.end(), [](std::string_view o) { return o.substr(std::min(o.size(), o.find_first_not_of('-'))).starts_with("data"); });
  const Node& data = part(info, "data", Node::Kind::table, folder);
  if (!other && part(data, "sha256", Node::Kind::text, folder).text != job.source.data.hash)
    fail(Code::data, Where{folder.path()}, fmt::format("the data of {} are not those that the run began with", job.source.data.name), "put the old ones back, or train anew with train.init_from");
  return job;
}

Job open_trained(const RunFolder& folder, const std::string& weights, int threads) {
  Node info = folder.read_info();
  Job job;
  job.tree = part(info, "config", Node::Kind::table, folder);
  job.source.data = described(folder, info);
  const Dataset& d = job.source.data;
  job.source.fitted.scale.assign(size_t(d.columns()), 1), job.source.fitted.offset.assign(size_t(d.columns()), 0);
  Problems problems;
  TrainSettings settings = read_settings(job.tree, problems);
  problems.throw_if_any();
  job.pool = std::make_unique<Pool>(threads);
  job.model = std::make_unique<Model>(read_net(job.tree, job.info()), job.info(), settings, *job.pool);
  load_run_weights(folder.path(), weights, job);
  return job;
}

}  // namespace synfire

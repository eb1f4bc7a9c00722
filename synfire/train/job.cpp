// From a model file's tree to a model with data.
#include "synfire/train/job.h"

#include <algorithm>
#include <filesystem>

#include "synfire/base/format.h"
#include "synfire/model/config.h"
#include "synfire/model/suggest.h"
#include "synfire/train/checkpoint.h"

namespace synfire {

std::string folder_of(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == path.npos ? "" : slash == 0 ? "/" : path.substr(0, slash);
}

namespace {

void check_targets(const Net& net, const Dataset& d, const Node& tree) {
  const LossDef* loss = Registry<LossDef>::find(net.loss.kind);
  if (!loss || d.task != Task::numbers) return;
  auto outside = std::find_if(d.targets.begin(), d.targets.end(), [&](float v) { return v < loss->target_low || v > loss->target_high; });
  if (outside == d.targets.end()) return;
  const Node* train = tree.find("train");
  const Node* said = train ? train->find("loss") : nullptr;
  fail(Code::config, said ? said->where : Where{}, fmt::format("loss \"{}\" takes targets from {} to {}, and that of row {} is {}", loss->name, loss->target_low, loss->target_high, (outside - d.targets.begin()) / d.target_count() + 1, *outside),
       "\"mse\" is for numbers of any size");
}

Job job_of(const Node& tree, const std::string& folder, int threads, Dataset* samples, const Dataset* like) {
  Problems problems;
  read_net(tree, nullptr, problems);  // what can be told before the data are read
  problems.throw_if_any();
  Job job;
  job.pool = std::make_unique<Pool>(threads);
  const Node& data = *tree.find("data");
  job.source = samples ? open_source(data, std::move(*samples)) : open_source(data, folder, like, job.pool.get());
  DataInfo info = job.info();
  job.default_layers = !tree.find("layer");
  job.tree = job.default_layers ? with_network(tree, info) : tree;
  TrainSettings settings = read_settings(job.tree, problems);
  if (settings.patience > 0 && job.source.split.validation.empty())
    fail(Code::config, tree.find("train")->where, "train.patience watches the validation result, and no rows are there to validate", "give [data] split a validation part, or leave patience out");
  if (!settings.init_from.empty() && settings.init_from[0] != '/' && !folder.empty()) settings.init_from = folder + "/" + settings.init_from;
  Net net = read_net(job.tree, info);
  check_targets(net, job.source.data, job.tree);
  job.model = std::make_unique<Model>(std::move(net), info, settings, *job.pool, settings.track_training);
  return job;
}

}  // namespace

Job open_job(const Node& tree, const std::string& folder, int threads, const Dataset* like) { return job_of(tree, folder, threads, nullptr, like); }

Job open_job(const Node& tree, const std::string& folder, int threads, Dataset samples) {
  Node whole = tree;
  if (!whole.find("data")) whole.set("data", Node::of(std::string(kMemory)));
  return job_of(whole, folder, threads, &samples, nullptr);
}

Node resolved(const Node& tree, const std::string& folder) {
  const Node* data = tree.find("data");
  if (tree.find("layer") || !data) return with_defaults(tree);
  return with_defaults(with_network(tree, info_of(open_source(*data, folder))));
}

std::string load_run_weights(const std::string& run, const std::string& weights, Job& job) {
  job.model->evaluation(1);  // binds the states
  bool file = weights.find('/') != weights.npos || weights.ends_with(".safetensors");
  // A file of weights knows no transforms: those are the run's, whichever checkpoint has them.
  std::vector<std::string> names{weights.empty() || file ? "best" : weights};
  if (weights.empty() || file) names.push_back("last");
  if (file) names.push_back("initial");
  for (const std::string& name : names) {
    std::optional<std::string> found = find_checkpoint(run + "/checkpoints/" + name);
    if (!found) continue;
    load_checkpoint(*found, job.model->store(), job.source.fitted, false);
    if (file) load_weights(weights, job.model->store());
    return file ? weights : *found;
  }
  fail(Code::usage, Where{run}, fmt::format("the run has no checkpoint \"{}\"", names.front()), "best, last, initial or a safetensors file");
}

}  // namespace synfire

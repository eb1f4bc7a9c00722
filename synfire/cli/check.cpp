// check MODEL: the model file, all of the data, and two batches through every stage. Writes nothing.
#include <algorithm>
#include <cmath>

#include "synfire/base/format.h"
#include "synfire/cli/command.h"
#include "synfire/cli/tables.h"
#include "synfire/data/audit.h"
#include "synfire/model/config.h"
#include "synfire/model/toml.h"
#include "synfire/train/checkpoint.h"
#include "synfire/train/evaluate.h"

namespace synfire::cli {
namespace {

std::vector<int64_t> first(const std::vector<int64_t>& rows, int64_t n) { return {rows.begin(), rows.begin() + std::min<int64_t>(n, int64_t(rows.size()))}; }

// Two training steps; what they change is thrown away.
void try_training(Job& job) {
  Model& model = *job.model;
  const TrainSettings& s = model.settings();
  Loader loader(job.source.data, job.source.split.train, job.source.fitted, job.source.training(s.batch, s.drop_last, uint64_t(s.seed)));
  for (int64_t k = 0; k < std::min<int64_t>(2, loader.steps()); ++k) {
    Executable& e = model.training(loader.size(k));
    if (k == 0 && !s.init_from.empty()) load_weights(s.init_from, model.store());
    loader.fill(model.pool(), 0, k, e.x, e.target);
    *e.lr = float(model.net().optimizer.attrs.real("lr")), *e.step = float(k + 1);
    if (e.clock) *e.clock = k;
    e.run();
    if (!std::isfinite(*e.loss)) fail(Code::diverged, fmt::format("the loss of step {} is {}", k + 1, *e.loss), "scale the inputs ([data] transform = [\"standardize\"]) or lower train.optimizer.lr");
  }
}

}  // namespace

int check(const Command& c) {
  ModelFile file = read_model_file(c.words[0], c.overrides);
  if (c.print_config) {
    print(write_toml(resolved(file.tree, folder_of(file.path)), true));
    return 0;
  }
  Job job = open_job(file.tree, folder_of(file.path), threads_of(c));
  MemoryEstimate memory = estimate_memory(job);
  try_training(job);
  const Split& split = job.source.split;
  int64_t two = 2 * int64_t{job.model->settings().eval_batch};
  for (const auto* rows : {&split.validation, &split.test}) synfire::evaluate(*job.model, job.source.data, first(*rows, two), job.source.fitted);
  std::string text = data_table(job.source, audit(job.source).warnings) + model_table(job.model->rows(), job.model->parameter_count());
  text += fmt::format("memory    {} at most\n{}: all is well\n", in_bytes(memory.peak), file.path);
  if (!c.json) print(text);
  else print(fmt::format("{{\"model\":{},\"parameters\":{},\"peak_memory\":{:.0f},\"data_sha256\":{}}}\n", json_text(file.path), job.model->parameter_count(), memory.peak, json_text(job.source.data.hash)));
  return 0;
}

}  // namespace synfire::cli

// evaluate RUN: metrics of a trained model on a part of its data, or on other data (data.path=…).
#include "synfire/base/format.h"
#include "synfire/cli/command.h"
#include "synfire/train/results.h"
#include "synfire/train/run_job.h"

namespace synfire::cli {

int evaluate(const Command& c) {
  RunFolder folder = RunFolder::open(find_run(c.words[0], c.runs));
  Job job = open_run(folder, folder.read_info(), c.overrides, threads_of(c));
  std::string weights = load_run_weights(folder.path(), c.weights, job);
  const Split& split = job.source.split;
  const std::vector<int64_t>& rows = c.split == "train" ? split.train : c.split == "validation" ? split.validation : split.test;
  if (rows.empty()) fail(Code::usage, fmt::format("the {} part has no rows", c.split), "--split validation, or [data] split in the model file");
  Metrics m = synfire::evaluate(*job.model, job.source.data, rows, job.source.fitted);
  std::string text = fmt::format("{} {} samples of {}, weights of {}\n", m.samples, c.split, job.source.data.name, weights);
  for (const auto& [name, v] : m.values) text += fmt::format("  {:<10} {:.6g}\n", name, v);
  if (!c.json) print(text + (m.confusion.empty() ? "" : "\n" + confusion_csv(m, job.source.data.class_names)));
  else print(fmt::format("{{\"run\":{},\"weights\":{},\"split\":{},\"samples\":{},\"metrics\":{}}}\n", json_text(folder.path()), json_text(weights), json_text(c.split), m.samples, json_of(m)));
  return 0;
}

}  // namespace synfire::cli

// evaluate RUN: metrics of a trained model on a part of its data, or on other data (data.path=…).
#include <numeric>

#include "synfire/base/format.h"
#include "synfire/cli/command.h"
#include "synfire/train/results.h"
#include "synfire/train/run_job.h"

namespace synfire::cli {

namespace {

// Other data than the run's, which say nothing of parts: a split by chance would measure a few of their rows only.
bool all_of(const Node& info, const Source& source) {
  const Node* data = info.find("data");
  const Node* hash = data ? data->find("sha256") : nullptr;
  return hash && hash->text != source.data.hash && source.data.parts.empty();
}

}  // namespace

int evaluate(const Command& c) {
  RunFolder folder = RunFolder::open(find_run(c.words[0], c.runs));
  Node info = folder.read_info();
  Job job = open_run(folder, info, c.overrides, threads_of(c));
  std::string weights = load_run_weights(folder.path(), c.weights, job);
  const Split& split = job.source.split;
  std::string part = !c.split.empty() ? c.split : all_of(info, job.source) ? "all" : "test";
  std::vector<int64_t> rows = part == "train" ? split.train : part == "validation" ? split.validation : split.test;
  if (part == "all") rows.resize(size_t(job.source.data.rows())), std::iota(rows.begin(), rows.end(), 0);
  if (rows.empty()) fail(Code::usage, fmt::format("the {} part has no rows", part), "--split validation, or [data] split in the model file");
  Metrics m = synfire::evaluate(*job.model, job.source.data, rows, job.source.fitted);
  std::string text = fmt::format("{} {} samples of {}, weights of {}\n", m.samples, part == "all" ? "other" : part, job.source.data.name, weights);
  for (const auto& [name, v] : m.values) text += fmt::format("  {:<10} {:.6g}\n", name, v);
  if (!c.json) print(text + (m.confusion.empty() ? "" : "\n" + confusion_csv(m, job.source.data.class_names)));
  else print(fmt::format("{{\"run\":{},\"weights\":{},\"split\":{},\"samples\":{},\"metrics\":{}}}\n", json_text(folder.path()), json_text(weights), json_text(part), m.samples, json_of(m)));
  return 0;
}

}  // namespace synfire::cli

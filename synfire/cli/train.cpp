// train MODEL: a fresh run in a folder of its own.
#include <filesystem>

#include "synfire/base/format.h"
#include "synfire/base/utf8.h"
#include "synfire/cli/session.h"
#include "synfire/data/audit.h"
#include "synfire/model/config.h"
#include "synfire/model/toml.h"
#include "synfire/train/record.h"

namespace synfire::cli {

int train(const Command& c) {
  ModelFile file = read_model_file(c.words[0], c.overrides);
  if (c.print_config) {
    print(write_toml(resolved(file.tree, folder_of(file.path)), true));
    return 0;
  }
  std::string whole_path = std::filesystem::absolute(file.path).string();
  if (first_bad_utf8(whole_path) < whole_path.size())
    fail(Code::usage, Where{file.path}, "its name, or that of a folder around it, is no UTF-8: a run could not remember it", "rename it; convmv does so for many files");
  Progress progress(c.progress);
  Job job = open_job(file.tree, folder_of(file.path), threads_of(c));
  RunFolder folder = RunFolder::create(c.runs, std::filesystem::path(file.path).stem().string());
  folder.lock();
  folder.add("model" + std::filesystem::path(file.path).extension().string(), file.text);
  if (job.default_layers) {
    std::string whole = write_toml(job.tree, false);
    progress.say("the file names no layers; a network and a training that suit such data:\n\n" + whole + "\n");
    folder.add("network.toml", whole);
  }
  folder.add("split.csv", split_csv(job.source.split));
  folder.add("run.json", write_json(run_info(job, {file.path, folder_of(file.path), c.overrides})) + "\n");
  Audit data = audit(job.source);
  folder.add("data.json", write_json(data_node(job.source, data)) + "\n");
  progress.log_to(folder.file("log.txt"));
  return run_session(c, job, folder, progress, nullptr, data.warnings);
}

}  // namespace synfire::cli

// resume [RUN] [--epochs +N]: goes on exactly where a run stopped, or makes a finished one longer.
#include <charconv>

#include "synfire/base/format.h"
#include "synfire/cli/session.h"
#include "synfire/train/run_job.h"

namespace synfire::cli {
namespace {

constexpr int64_t kMostEpochs = 1'000'000'000;  // as in [train]

// "+5": that many more than `planned`; "12": so many in all.
int64_t epochs_of(const std::string& text, int64_t planned) {
  bool more = text.starts_with('+');
  int64_t n = 0;
  const char *first = text.data() + more, *last = text.data() + text.size();
  auto [end, error] = std::from_chars(first, last, n);
  if (error != std::errc() || end != last || n < 1 || n > kMostEpochs) fail(Code::usage, fmt::format("--epochs should be +N or N, got \"{}\"", text), "--epochs +10 trains ten more");
  return more ? planned + n : n;
}

}  // namespace

int resume(const Command& c) {
  RunFolder folder = RunFolder::open(find_run(c.words.empty() ? "" : c.words[0], c.runs));
  folder.lock();
  Node info = folder.read_info();
  std::vector<std::string> overrides = c.overrides;
  if (!c.epochs.empty()) {
    const Node *config = info.find("config"), *settings = config ? config->find("train") : nullptr, *planned = settings ? settings->find("epochs") : nullptr;
    overrides.push_back(fmt::format("train.epochs={}", epochs_of(c.epochs, planned ? planned->integer : 0)));
  }
  bool finished = info.find("result") != nullptr;
  if (finished && overrides.empty()) fail(Code::usage, Where{folder.path()}, "this run is finished", "--epochs +N trains N epochs more");
  Job job = open_run(folder, info, overrides, threads_of(c));
  if (!overrides.empty()) info.set("config", job.tree);
  std::erase_if(info.fields, [](const auto& f) { return f.first == "result" || f.first == "failure"; });
  Progress progress(c.progress);
  Resumption resumption{std::move(info), finished};
  return run_session(c, job, folder, progress, &resumption);
}

}  // namespace synfire::cli

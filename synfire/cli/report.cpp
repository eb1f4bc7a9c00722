// report RUN…: one HTML file about a run, or about several side by side.
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "synfire/base/format.h"
#include "synfire/base/utf8.h"
#include "synfire/cli/command.h"
#include "synfire/cli/run_report.h"
#include "synfire/report/page.h"
#include "synfire/train/run_job.h"

namespace synfire::cli {
namespace {

constexpr const char* kFile = "report.html";

// The weights by which a run was judged in the end; before its end, the best so far.
std::string weights_of(const Node& info) {
  const Node *result = info.find("result"), *best = result ? result->find("of_best") : nullptr;
  return !result ? "" : best && best->boolean ? "best" : "last";
}

std::string load(const RunFolder& folder, const std::string& weights, Job& job, Notes& notes) {
  try {
    return load_run_weights(folder.path(), weights, job);
  } catch (const Failure& f) {
    notes.push_back(fmt::format("the trained network cannot be shown: {}", f.errors().front().message));
    return "";
  }
}

// A run whose data or network are not at hand any more still has its files.
Node collect(const Command& c, const std::string& path) {
  RunFolder folder = RunFolder::open(path);
  Node info = folder.read_info();
  Notes notes;
  Job job;
  Trained trained;
  try {
    job = open_run(folder, info, {}, threads_of(c));
    trained = {&job, load(folder, c.weights.empty() ? weights_of(info) : c.weights, job, notes)};
  } catch (const Failure& f) {
    const Error& e = f.errors().front();
    notes.push_back(fmt::format("samples, data and network cannot be shown: {}", e.str()));
  }
  return collect_run(folder, info, state_of(folder, info), trained, std::move(notes));
}

std::string size_of(int64_t bytes) { return in_bytes(double(bytes)); }

}  // namespace

std::string report_after(const RunFolder& folder, Job& job, RunState state) {
  auto begin = std::chrono::steady_clock::now();
  try {
    Notes notes;
    std::string weights = state == RunState::finished ? "the weights that the run ended with" : load(folder, "", job, notes);
    std::string path = folder.file(kFile);
    std::vector<Node> runs;
    runs.push_back(collect_run(folder, folder.read_info(), state, {&job, weights}, std::move(notes)));
    std::string title = runs[0].find("name")->text;
    int64_t bytes = write_report(path, std::move(runs), title);
    double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return fmt::format("report     {} ({} in {:.1f} s)\n", path, size_of(bytes), seconds);
  } catch (const std::exception& e) {
    return fmt::format("warning: the report could not be written: {}\n", e.what());
  }
}

int report(const Command& c) {
  std::vector<Node> runs;
  std::string title, first;
  for (const std::string& word : c.words.empty() ? std::vector<std::string>{""} : c.words) {
    std::string path = find_run(word, c.runs);
    if (first.empty()) first = path;
    runs.push_back(collect(c, path));
    title += (title.empty() ? "" : " · ") + runs.back().find("name")->text;
    for (const Node& n : runs.back().find("notes")->items) std::fprintf(stderr, "note: %s: %s\n", printable(path).c_str(), printable(n.text).c_str());
  }
  std::string path = !c.output.empty() ? c.output : runs.size() == 1 ? first + "/" + kFile : c.runs + "/" + kFile;
  int64_t bytes = 0;
  try {
    bytes = write_report(path, std::move(runs), title);
  } catch (const Failure& f) {
    Error e = f.errors().front();
    if (e.hint.empty()) e.hint = "--output FILE writes it elsewhere";
    throw Failure(e);
  }
  if (!c.json) print(path + "\n");
  else print(fmt::format("{{\"report\":{},\"bytes\":{}}}\n", json_text(path), bytes));
  return 0;
}

}  // namespace synfire::cli

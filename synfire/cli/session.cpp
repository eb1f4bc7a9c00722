// The frame around the training loop.
#include "synfire/cli/session.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <filesystem>

#include "synfire/base/atomic_file.h"
#include "synfire/base/format.h"
#include "synfire/cli/data_node.h"
#include "synfire/cli/tables.h"
#include "synfire/model/config.h"
#include "synfire/train/results.h"

namespace synfire::cli {
namespace {

namespace fs = std::filesystem;
std::atomic<bool> stop_asked{false};

// The first Ctrl-C asks; with the handler gone, the second one ends the process.
void ask_to_stop(int) { stop_asked.store(true, std::memory_order_relaxed); }

struct SignalGuard {
  struct sigaction old_int{}, old_term{}, old_pipe{};
  SignalGuard() {
    stop_asked = false;
    struct sigaction ask{};
    ask.sa_handler = ask_to_stop, ask.sa_flags = SA_RESETHAND | SA_RESTART;
    sigemptyset(&ask.sa_mask);
    sigaction(SIGINT, &ask, &old_int), sigaction(SIGTERM, &ask, &old_term);
    ask.sa_handler = SIG_IGN, ask.sa_flags = 0;
    sigaction(SIGPIPE, &ask, &old_pipe);  // `train | head` must not end a training
  }
  ~SignalGuard() { sigaction(SIGINT, &old_int, nullptr), sigaction(SIGTERM, &old_term, nullptr), sigaction(SIGPIPE, &old_pipe, nullptr); }
};

// The commit of the repository that a folder lies in, read from its files; "" when there is none.
std::string git_commit(fs::path folder) {
  auto first_line = [](const fs::path& p) {
    std::error_code error;
    if (!fs::is_regular_file(p, error)) return std::string();
    std::vector<std::byte> bytes = read_file(p.string(), 1 << 20);
    std::string_view text = text_of(bytes);
    return std::string(text.substr(0, text.find('\n')));
  };
  for (folder = fs::absolute(folder); !folder.empty(); folder = folder.parent_path()) {
    std::string head = first_line(folder / ".git" / "HEAD");
    if (!head.empty()) return head.starts_with("ref: ") ? first_line(folder / ".git" / head.substr(5)) : head;
    if (folder == folder.parent_path()) break;
  }
  return "";
}

std::string timestamp() {
  std::time_t t = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&t, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

std::string banner(const Command& c, Job& job, const RunFolder& folder, const Trainer& trainer) {
  Model& model = *job.model;
  const TrainSettings& s = model.settings();
  std::string text = format("engine    {}, {} thread{}\n", level_name(), threads_of(c), threads_of(c) == 1 ? "" : "s") + data_table(job.source);
  text += model_table(model.rows(), model.parameter_count());
  text += format("training  {} steps of {} samples, {} epochs; {}, {}", trainer.steps(), s.batch, s.epochs, model.net().optimizer.kind, model.net().schedule.kind);
  if (s.patience > 0) text += format("; stops after {} epochs without a better result", s.patience);
  text += format("\nrun       {}\n", folder.path());
  return text;
}

std::string metrics_line(std::string_view part, const Metrics& m) {
  std::string s = format("{:<10}", part);
  for (const auto& [name, v] : m.values) s += name == "loss" || name == "mae" || name == "rmse" || name == "r2" ? format("  {} {:.4f}", name, v) : format("  {} {:.2f} %", name, 100 * v);
  return s + "\n";
}

std::string result_json(const RunFolder& folder, const Outcome& o) {
  std::string parts = format("\"train\":{}", json_of(o.train));
  if (o.validation.samples > 0) parts += format(",\"validation\":{}", json_of(o.validation));
  if (o.test.samples > 0) parts += format(",\"test\":{}", json_of(o.test));
  return format("{{\"run\":{},\"epochs\":{},\"steps\":{},\"seconds\":{:.3f},\"interrupted\":{},\"peak_memory\":{:.0f},\"metrics\":{{{}}}}}", json_text(folder.path()), o.epochs, o.steps, o.seconds, o.interrupted, peak_resident_bytes(), parts);
}

Node node_of(const Metrics& m) {
  Node n = Node::table();
  for (const auto& [name, v] : m.values) n.set(name, Node::of(v));
  return n;
}

Node node_of(const std::vector<std::string>& texts) {
  Node n = Node::array();
  for (const std::string& t : texts) n.items.push_back(Node::of(t));
  return n;
}

Node node_of(const Shape& shape) {
  Node n = Node::array();
  for (int64_t d : shape) n.items.push_back(Node::of(d));
  return n;
}

// The test, the lists, and the result in run.json.
void conclude(Job& job, RunFolder& folder, Outcome& o) {
  const Split& split = job.source.split;
  const std::vector<int64_t>& rows = !split.test.empty() ? split.test : split.validation;
  if (!rows.empty()) {
    Metrics m = write_predictions(folder.file("predictions.csv"), *job.model, job.source, rows);
    if (!split.test.empty()) o.test = m;
    if (!m.confusion.empty()) write_file(folder.file("confusion.csv"), confusion_csv(m, job.source.data.class_names));
  }
  Node result = Node::table(), info = folder.read_info();
  result.set("finished", Node::of(timestamp())), result.set("epochs", Node::of(o.epochs)), result.set("steps", Node::of(o.steps)), result.set("seconds", Node::of(o.seconds));
  result.set("stopped_early", Node::of(o.stopped_early)), result.set("of_best", Node::of(o.of_best));
  result.set("train", node_of(o.train));
  if (o.validation.samples > 0) result.set("validation", node_of(o.validation));
  if (o.test.samples > 0) result.set("test", node_of(o.test));
  info.set("result", std::move(result));
  folder.write_info(info);
}

}  // namespace

Node run_info(const Command& c, const std::string& model_path, const Job& job) {
  utsname host{};
  uname(&host);
  std::string folder = folder_of(model_path);
  const Dataset& d = job.source.data;
  Node info = Node::table(), data = Node::table(), overrides = Node::array();
  for (const std::string& o : c.overrides) overrides.items.push_back(Node::of(o));
  data.set("name", Node::of(d.name)), data.set("sha256", Node::of(d.hash)), data.set("rows", Node::of(d.rows())), data.set("unit", Node::of(d.unit));
  data.set("sample", node_of(d.sample)), data.set("classes", node_of(d.class_names)), data.set("targets", node_of(d.target_names)), data.set("features", node_of(d.feature_names));
  if (!d.table.columns.empty()) data.set("table", node_of(d.table));
  info.set("program", Node::of(std::string("synfire 0.1.0"))), info.set("started", Node::of(timestamp()));
  info.set("host", Node::of(std::string(host.nodename))), info.set("system", Node::of(format("{} {} {}", host.sysname, host.release, host.machine)));
  info.set("level", Node::of(level_name())), info.set("threads", Node::of(int64_t{threads_of(c)}));
  info.set("git_commit", Node::of(git_commit(folder.empty() ? "." : folder)));
  info.set("seed", Node::of(int64_t{job.model->settings().seed}));
  info.set("model_file", Node::of(fs::absolute(model_path).lexically_normal().string()));
  info.set("folder", Node::of(fs::absolute(folder.empty() ? "." : folder).lexically_normal().string()));
  info.set("overrides", std::move(overrides)), info.set("data", std::move(data));
  info.set("config", with_defaults(job.tree));
  return info;
}

int run_session(const Command& c, Job& job, RunFolder& folder, Progress& progress, const Resumption* resumption) {
  SignalGuard signals;
  Trainer trainer(*job.model, job.source, folder, progress.events());
  if (resumption) {
    trainer.resume(resumption->longer);
    folder.write_info(resumption->info);
    progress.log_to(folder.file("log.txt"));
  } else {
    trainer.begin();
  }
  progress.say(banner(c, job, folder, trainer));
  if (resumption) {
    bool older = !trainer.origin().empty() && !trainer.origin().ends_with("/last");
    progress.say(format("goes on   after step {} of {}{}\n", trainer.cursor().step, trainer.steps(), older ? format(" from {}: the newest checkpoint was cut off or is damaged", trainer.origin()) : ""));
  }
  Outcome o = trainer.run(stop_asked);
  progress.end();
  if (!o.interrupted) conclude(job, folder, o);
  std::string text;
  if (o.interrupted) {
    text = format("stopped after step {} of {}; it goes on with\n  synfire resume {}\n", o.steps, trainer.steps(), folder.path());
  } else {
    text = format("{} epochs, {} steps in {}{}\n", o.epochs, o.steps, duration(o.seconds), o.stopped_early ? format("; no better result for {} epochs", job.model->settings().patience) : "");
    text += metrics_line("training", o.train);
    if (o.validation.samples > 0) text += metrics_line("validation", o.validation);
    if (o.test.samples > 0) text += metrics_line("test", o.test);
    if (o.of_best) text += "           (by the weights that were best in validation)\n";
    text += format("run folder {}\n", folder.path());
  }
  progress.say(text);
  if (c.json) print(result_json(folder, o) + "\n");
  return o.interrupted ? 130 : 0;
}

}  // namespace synfire::cli

// What a run folder says of its run.
#include "synfire/train/record.h"

#include <sys/utsname.h>
#include <synfire/version.h>

#include <cmath>
#include <ctime>
#include <filesystem>

#include "synfire/base/atomic_file.h"
#include "synfire/base/format.h"
#include "synfire/base/process.h"
#include "synfire/model/config.h"
#include "synfire/tensor/level.h"
#include "synfire/train/results.h"
#include "synfire/train/table_node.h"

namespace synfire {
namespace {

namespace fs = std::filesystem;

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

Node node_of(const Metrics& m) {
  Node n = Node::table();
  for (const auto& [name, v] : m.values)
    if (std::isfinite(v)) n.set(name, Node::of(v));  // what JSON cannot say is not said
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

}  // namespace

Node run_info(const Job& job, const RunOrigin& origin) {
  utsname host{};
  uname(&host);
  const Dataset& d = job.source.data;
  Node info = Node::table(), data = Node::table(), overrides = Node::array();
  for (const std::string& o : origin.overrides) overrides.items.push_back(Node::of(o));
  data.set("name", Node::of(d.name)), data.set("sha256", Node::of(d.hash)), data.set("rows", Node::of(d.rows())), data.set("unit", Node::of(d.unit));
  data.set("sample", node_of(d.sample)), data.set("classes", node_of(d.class_names)), data.set("targets", node_of(d.target_names)), data.set("features", node_of(d.feature_names));
  if (!d.table.columns.empty()) data.set("table", node_of(d.table));
  info.set("program", Node::of(std::string("synfire " SYNFIRE_VERSION))), info.set("started", Node::of(timestamp()));
  info.set("host", Node::of(std::string(host.nodename))), info.set("system", Node::of(fmt::format("{} {} {}", host.sysname, host.release, host.machine)));
  info.set("level", Node::of(std::string(level_name()))), info.set("threads", Node::of(int64_t{job.pool->threads()}));
  info.set("git_commit", Node::of(git_commit(origin.folder.empty() ? "." : origin.folder)));
  info.set("seed", Node::of(int64_t{job.model->settings().seed}));
  info.set("model_file", Node::of(origin.model_file.empty() ? "" : fs::absolute(origin.model_file).lexically_normal().string()));
  info.set("folder", Node::of(fs::absolute(origin.folder.empty() ? "." : origin.folder).lexically_normal().string()));
  info.set("overrides", std::move(overrides)), info.set("data", std::move(data));
  info.set("config", with_defaults(job.tree));
  return info;
}

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
  result.set("peak_memory", Node::of(int64_t(peak_resident_bytes()))), result.set("train", node_of(o.train));
  if (o.validation.samples > 0) result.set("validation", node_of(o.validation));
  if (o.test.samples > 0) result.set("test", node_of(o.test));
  info.set("result", std::move(result));
  folder.write_info(info);
}

void remember(const Error& e, const RunFolder& folder) {
  Node failure = Node::table(), info = folder.read_info();
  failure.set("at", Node::of(timestamp())), failure.set("message", Node::of(e.message)), failure.set("hint", Node::of(e.hint));
  info.set("failure", std::move(failure));
  folder.write_info(info);
}

}  // namespace synfire

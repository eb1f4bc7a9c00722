// Putting the parts of a run together.
#include "synfire/report/collect.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "synfire/base/format.h"
#include "synfire/base/reader.h"
#include "synfire/model/toml.h"
#include "synfire/report/data_card.h"
#include "synfire/report/judged.h"
#include "synfire/report/network.h"
#include "synfire/report/saved.h"

namespace synfire {
namespace {

namespace fs = std::filesystem;

std::string name_of(RunState state) {
  switch (state) {
    case RunState::finished: return "finished";
    case RunState::diverged: return "diverged";
    case RunState::training: return "training";
    default: return "interrupted";
  }
}

bool locked(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool held = ::flock(fd, LOCK_SH | LOCK_NB) != 0;
  ::close(fd);
  return held;
}

// The model file as given, and the layers that were put in where it names none.
std::string model_text(const RunFolder& folder, Notes& notes) {
  std::string text;
  try {
    for (const char* name : {"model.toml", "model.json"})
      if (text.empty() && is_there(folder.file(name))) text = read_text(folder.file(name));
    if (is_there(folder.file("network.toml"))) text += "\n# the layers, which the file leaves to its data:\n\n" + read_text(folder.file("network.toml"));
  } catch (const Failure& f) {
    notes.push_back(fmt::format("the model file of the run cannot be shown: {}", f.errors().front().message));
  }
  return text;
}

}  // namespace

RunState state_of(const RunFolder& folder, const Node& info) {
  if (info.find("result")) return RunState::finished;
  if (locked(folder.file(".lock"))) return RunState::training;
  return info.find("failure") ? RunState::diverged : RunState::interrupted;
}

Node collect_run(const RunFolder& folder, const Node& info, RunState state, Trained trained, Notes notes) {
  Node run = Node::table(), told = Node::array();
  std::error_code error;
  fs::path whole = fs::weakly_canonical(folder.path(), error);
  run.set("name", Node::of(error ? folder.path() : whole.filename().string())), run.set("path", Node::of(folder.path())), run.set("state", Node::of(name_of(state)));
  run.set("info", info);
  run.set("model_text", Node::of(model_text(folder, notes)));
  run.set("curves", read_curves(folder.path(), notes));
  if (Node health = read_health(folder.path(), notes); !health.is(Node::Kind::none)) run.set("health", std::move(health));
  if (trained.job) {
    Job& job = *trained.job;
    const Split& split = job.source.split;
    Part part = !split.test.empty() ? Part::test : Part::validation;
    run.set("data", data_card(job.source));
    if (!split[part].empty() && !trained.weights.empty()) run.set("judged", judge(*job.model, job.source, part, trained.weights));
    run.set("network", network_card(*job.model, !trained.weights.empty()));
  } else if (Node saved = read_saved(folder, info, notes); !saved.is(Node::Kind::none)) {
    run.set("judged", std::move(saved));
  }
  for (const std::string& n : notes) told.items.push_back(Node::of(n));
  run.set("notes", std::move(told));
  return run;
}

}  // namespace synfire

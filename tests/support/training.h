// Short real trainings for tests: a model file as text, a run folder that goes away, and what must be equal afterwards.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "synfire/base/atomic_file.h"
#include "synfire/base/format.h"
#include "synfire/def/layer.h"
#include "synfire/model/toml.h"
#include "synfire/train/job.h"
#include "synfire/train/trainer.h"
#include "tests/support/files.h"

namespace synfire::testing {

inline Job job_of(const std::string& model, int threads = 1) { return open_job(parse_toml(model, "model.toml"), "", threads); }

inline std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Of every number that lasts, in the order that files have.
inline std::string digest(const Store& store) {
  std::map<std::string, const StoredState*> states;
  for (const auto& s : store.states()) states[s->name] = s.get();
  Sha256 hash;
  for (const auto& [name, s] : states) {
    std::vector<std::byte> numbers(static_cast<size_t>(s->type.shape.numel() * size_of(s->type.dtype)));
    store.read(*s, numbers.data());
    hash.update(bytes_of(name)), hash.update(numbers);
  }
  return hash.hex();
}

inline bool has_layer(std::string_view kind) { return Registry<LayerDef>::find(kind) != nullptr; }

// A perceptron on digits: 1,257 rows or so to train, so that the last batch of an epoch is smaller. settings: lines of [train].
inline std::string perceptron(const std::string& settings, const std::string& data = "", int units = 32) {
  return "[data]\nkind = \"digits\"\n" + data + "\n[[layer]]\nkind = \"dense\"\nunits = " + std::to_string(units) +
         "\nactivation = \"tanh\"\n[[layer]]\nkind = \"dense\"\nunits = \"classes\"\n[train]\n" + settings;
}

// One process's life with a run: opened, begun or resumed, and trained until the end or until `stop_after` steps are done.
struct Session {
  Job job;
  RunFolder folder;
  Trainer trainer;
  std::atomic<bool> stop{false};
  std::function<void(const StepReport&)> each_step;
  std::vector<double> losses;
  Outcome outcome;

  Session(const std::string& model, const std::string& path, int threads = 1)
      : job(job_of(model, threads)), folder(opened(path)), trainer(*job.model, job.source, folder, {[this](const StepReport& r) {
          losses.push_back(r.loss);
          if (r.step == stop_after) stop = true;
          if (each_step) each_step(r);
        }, {}}) {}
  const Outcome& begin(int64_t steps = -1) { trainer.begin(); return go(steps); }
  const Outcome& resume(int64_t steps = -1, bool longer = false) { trainer.resume(longer); return go(steps); }
  std::string weights() const { return digest(job.model->store()); }

 private:
  int64_t stop_after = -1;
  const Outcome& go(int64_t steps) { stop_after = steps, stop = steps == 0; return outcome = trainer.run(stop); }
  static RunFolder opened(const std::string& path) {
    std::filesystem::create_directories(path);
    if (!std::filesystem::exists(path + "/run.json")) std::ofstream(path + "/run.json") << "{}\n";
    return RunFolder::open(path);
  }
};

// The files of a run that must not depend on threads, kills or the clock.
inline std::map<std::string, std::string> lasting_files(const std::string& run) {
  std::map<std::string, std::string> all{{"metrics.jsonl", content(run + "/metrics.jsonl")}};
  for (const char* name : {"initial", "best", "last"})
    for (const char* file : {"weights.safetensors", "state.safetensors"}) {
      std::string path = std::string("checkpoints/") + name + "/" + file;
      if (std::filesystem::exists(run + "/" + path)) all[path] = content(run + "/" + path);
    }
  return all;
}

inline void expect_same_run(const std::string& a, const std::string& b, const std::string& what) {
  auto one = lasting_files(a), two = lasting_files(b);
  ASSERT_EQ(one.size(), two.size()) << what;
  EXPECT_FALSE(one["metrics.jsonl"].empty()) << what;
  for (const auto& [name, bytes] : one) EXPECT_TRUE(bytes == two[name]) << what << ": " << name << " differs";
}

// The failure that `f` throws; a test fails when it throws none.
template <class F>
Error failure_of(const F& f) {
  try {
    f();
  } catch (const Failure& e) {
    return e.errors().front();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

}  // namespace synfire::testing

// Health: broken networks are diagnosed by name, the advice mends them, healthy ones raise no alarm; and looking changes nothing.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <regex>
#include <sstream>

#include "synfire/base/random.h"
#include "synfire/inspect/inspector.h"
#include "synfire/model/config.h"
#include "synfire/train/evaluate.h"
#include "tests/support/training.h"

namespace synfire {
namespace {

using testing::content;
using testing::job_of;
using testing::TempFolder;

struct Checked {
  std::vector<Finding> found, at_once;
  std::vector<Measurement> measured;
  double score = -1;       // accuracy or R² of the test rows; -1 when the training failed
  std::string weights, said;
  bool has(std::string_view name) const { return std::any_of(found.begin(), found.end(), [&](const Finding& f) { return f.name == name; }); }
};

// Trains as the command line does, in `run`, until `stop_after` steps are done. resume: goes on with what is there.
Checked train(const std::string& model, const std::string& run, const std::vector<std::string>& overrides = {}, int64_t stop_after = -1, bool resume = false) {
  std::filesystem::create_directories(run);
  if (!resume) std::ofstream(run + "/run.json") << "{}\n";
  Node tree = parse_toml(model, "model.toml");
  apply_overrides(tree, overrides);
  Job job = open_job(tree, "", 1);
  RunFolder folder = RunFolder::open(run);
  Checked c;
  Inspector inspector(job, folder, [&](const Finding& f) { c.at_once.push_back(f); });
  std::atomic<bool> stop{false};
  Trainer trainer(*job.model, job.source, folder, {[&](const StepReport& r) { if (r.step == stop_after) stop = true; }, {}}, &inspector);
  try {
    resume ? trainer.resume() : trainer.begin();
    if (!trainer.run(stop).interrupted) c.found = inspector.conclude(false);
    Metrics m = evaluate(*job.model, job.source.data, job.source.split.test, job.source.fitted);
    c.score = m.value(job.source.data.task == Task::classes ? "accuracy" : "r2");
  } catch (const Failure& f) {
    EXPECT_EQ(f.code(), Code::diverged) << f.what();
    c.found = inspector.conclude(true);
  }
  c.measured = inspector.measurements();
  c.weights = testing::digest(job.model->store());
  for (const Finding& f : c.found) c.said += f.str() + "\n";
  return c;
}

std::string dense(const std::string& units, const std::string& more = "") { return "[[layer]]\nkind = \"dense\"\nunits = " + units + "\n" + more; }
std::string relu(int units, const std::string& more = "") { return dense(std::to_string(units), "activation = \"relu\"\n" + more); }
const std::string kClasses = dense("\"classes\"");

// What the file gets of the advice: settings that a hint gives as "train.optimizer.lr = 0.01" are taken from there, word for word; those of
// layers are put in by the case.
std::vector<std::string> advice(const Finding& f) {
  std::smatch m;
  std::regex setting("((?:train|data)\\.[a-z0-9_.]+) = ([^ ;,)]+)");
  if (!std::regex_search(f.hint, m, setting)) return {};
  return {m[1].str() + "=" + m[2].str()};
}

struct Case {
  const char* name;
  std::string layer, broken;
  std::string mended = "";  // with the advice for its layers; empty: the advice is a setting
};

// A table of two classes, in an ellipse and outside of it. raw: in the units of somebody's sensors. leak: the label of the rows that train
// and validate, and something else in those that test.
std::string table(const std::string& path, bool raw, const Split* leak = nullptr) {
  std::ofstream out(path);
  out << "a,b,noise,later,kind\n";
  Random random{7, 0, 0};
  for (int i = 0; i < 600; ++i) {
    double a = 2 * random.uniform(uint64_t(4 * i)) - 1, b = 2 * random.uniform(uint64_t(4 * i + 1)) - 1, n = random.uniform(uint64_t(4 * i + 2));
    bool in = a * a + b * b < 0.6, test = leak && std::binary_search(leak->test.begin(), leak->test.end(), i);
    double later = !leak ? 0.5 * n + 0.1 * b : test ? random.uniform(uint64_t(4 * i + 3)) < 0.5f : in;
    out << fmt::format("{},{},{},{},{}\n", raw ? 5000 + 400 * a : a, raw ? b * 3e-3 : b, n, later, in ? "in" : "out");
  }
  return path;
}

std::string csv(const std::string& path, const std::string& more = "") { return "[data]\nkind = \"csv\"\npath = \"" + path + "\"\ntarget = \"kind\"\n" + more + relu(32) + kClasses; }

std::string rate(const std::string& kind, const std::string& lr, int epochs = 10) { return "[train]\nepochs = " + std::to_string(epochs) + "\noptimizer = {kind = \"" + kind + "\", lr = " + lr + "}\n"; }

// A table of numbers to be foretold, with some noise.
std::string regression(const std::string& folder) {
  std::string numbers = folder + "/numbers.csv";
  std::ofstream out(numbers);
  out << "x,y,z,value\n";
  Random random{3, 0, 0};
  for (int i = 0; i < 500; ++i) {
    double x = random.normal(uint64_t(4 * i)), y = random.normal(uint64_t(4 * i + 1)), z = random.normal(uint64_t(4 * i + 2));
    out << fmt::format("{},{},{},{}\n", 30 + 5 * x, y, 100 * z, 40 + 10 * x * y + 5 * z + random.normal(uint64_t(4 * i + 3)));
  }
  out.close();
  return "[data]\nkind = \"csv\"\npath = \"" + numbers + "\"\ntarget = \"value\"\ntask = \"numbers\"\n" + relu(32) + relu(32) + dense("\"targets\"");
}

// Few rows, much noise, a wide network.
std::string noisy(const std::string& folder) {
  std::string path = folder + "/noisy.csv";
  std::ofstream out(path);
  out << "a,b,c,d,e,f,value\n";
  Random random{5, 0, 0};
  for (uint64_t i = 0; i < 240; ++i) {
    for (uint64_t k = 0; k < 6; ++k) out << random.normal(8 * i + k) << ",";
    out << 2 * random.normal(8 * i) + random.normal(8 * i + 1) + 1.5 * random.normal(8 * i + 7) << "\n";
  }
  out.close();
  return "[data]\nkind = \"csv\"\npath = \"" + path + "\"\ntarget = \"value\"\ntask = \"numbers\"\n" + relu(256) + relu(256) + dense("\"targets\"");
}

std::string spiking(const std::string& of_neurons) {
  std::string leaky = "[[layer]]\nkind = \"leaky\"\n";
  return "data = \"digits\"\n[time]\nsteps = 10\n" + dense("64") + leaky + of_neurons + kClasses + leaky + rate("adam", "5e-3", 10) + "loss = \"ce_rate\"\n";
}

std::vector<Case> cases(const std::string& folder) {
  std::string digits = "data = \"digits\"\n", adam = rate("adam", "3e-3", 12), deep_sigmoid, ones, he;
  for (int i = 0; i < 8; ++i) deep_sigmoid += dense("32", "activation = \"sigmoid\"\n"), ones += relu(32, "init = \"ones\"\n"), he += relu(32, "init = \"he\"\n");
  std::string raw = table(folder + "/raw.csv", true), honest = table(folder + "/honest.csv", false);
  Split split = job_of(csv(honest)).source.split;
  std::string leaking = table(folder + "/leaking.csv", false, &split);
  return {
      {"dying_relu", "dense1", digits + relu(64) + kClasses + rate("adam", "0.2", 20)},
      {"dying_relu", "dense1", digits + relu(64) + kClasses + rate("adam", "0.2", 20), digits + dense("64", "activation = \"leaky_relu\"\n") + kClasses + rate("adam", "0.2", 20)},
      {"vanishing_gradients", "dense1", digits + deep_sigmoid + kClasses + adam, digits + he + kClasses + adam},
      {"exploding_gradients", "dense3", digits + ones + kClasses + adam, digits + he + kClasses + adam},
      {"unscaled_input", "dense1", csv(raw, "transform = []\n") + adam},
      {"leaking_feature", "", csv(leaking) + rate("adam", "3e-3", 40), csv(leaking, "features = [\"a\", \"b\", \"noise\"]\n") + rate("adam", "3e-3", 40)},
      {"one_class_only", "", digits + relu(32) + kClasses + adam + "l2 = 1.0\n"},
      {"rate_too_high", "", digits + dense("32", "activation = \"tanh\"\n") + kClasses + rate("sgd", "30")},
      {"rate_too_high", "", regression(folder) + rate("sgd", "3")},  // becomes NaN
      {"silent_neurons", "leaky1", spiking("threshold = 900\n"), spiking("threshold = 1\n")},
      {"restless_neurons", "leaky1", spiking("threshold = -20\nreset_by = \"none\"\n"), spiking("threshold = 1\n")},
      {"overfitting", "", noisy(folder) + rate("adam", "5e-3", 200) + "test_best = false\n"},
      {"rate_too_low", "", digits + relu(32) + kClasses + rate("adam", "1e-6")},
  };
}

TEST(Health, BrokenNetworksAreDiagnosedAndTheAdviceMendsThem) {
  TempFolder folder;
  int k = 0;
  for (const Case& c : cases(folder.path())) {
    Checked broken = train(c.broken, folder / fmt::format("broken{}", k));
    ASSERT_FALSE(broken.found.empty()) << c.name;
    const Finding& f = broken.found.front();
    EXPECT_EQ(f.name, c.name);
    EXPECT_EQ(f.layer, c.layer) << c.name;
    EXPECT_GT(f.where.line, 0) << c.name;
    EXPECT_TRUE(f.step > 0 || c.layer.empty() || f.name == "unscaled_input") << c.name;
    std::vector<std::string> settings = c.mended.empty() ? advice(f) : std::vector<std::string>{};
    ASSERT_TRUE(!c.mended.empty() || settings.size() == 1) << f.hint;
    Checked mended = train(c.mended.empty() ? c.broken : c.mended, folder / fmt::format("mended{}", k++), settings);
    EXPECT_FALSE(mended.has(c.name)) << c.name << "\n" << mended.said;
    EXPECT_GT(mended.score, broken.score + 0.05) << c.name << "\n" << broken.said;
    std::printf("%-20s %6.3f -> %.3f  %s\n%s", c.name, broken.score, mended.score, settings.empty() ? "" : settings[0].c_str(), mended.said.c_str());
  }
}

// What a rate that is too high has killed stands still, and wants no higher one.
TEST(Health, ARateThatKilledIsNotCalledTooLow) {
  TempFolder folder;
  Checked dead = train("data = \"digits\"\n" + relu(64) + relu(64) + kClasses + "[train]\nepochs = 20\noptimizer = {kind = \"sgd\", lr = 3, momentum = 0.9}\n", folder / "run");
  EXPECT_TRUE(dead.has("dying_relu") || dead.has("rate_too_high")) << dead.said;
  EXPECT_FALSE(dead.has("rate_too_low")) << dead.said;
}

// Of what is severe nobody has to wait for the end to hear.
TEST(Health, SevereThingsAreSaidAtOnce) {
  TempFolder folder;
  for (const Case& c : cases(folder.path())) {
    Checked broken = train(c.broken, folder / "run");
    for (const Finding& f : broken.found)
      if (f.severe && f.name == c.name && broken.score >= 0) {
        EXPECT_TRUE(std::any_of(broken.at_once.begin(), broken.at_once.end(), [&](const Finding& a) { return a.name == f.name && a.layer == f.layer; })) << f.str();
      }
    std::filesystem::remove_all(folder / "run");
  }
}

std::vector<std::string> healthy(const std::string& folder) {
  std::string digits = "data = \"digits\"\n", conv = "[[layer]]\nkind = \"conv2d\"\nfilters = 16\nkernel = 3\n", one = "schedule = \"one_cycle\"\n";
  auto layer = [](const std::string& kind, const std::string& more = "") { return "[[layer]]\nkind = \"" + kind + "\"\n" + more; };
  return {
      digits + relu(64) + relu(64) + kClasses + rate("adam", "5e-3", 60) + one,
      digits + dense("32", "activation = \"tanh\"\n") + kClasses + "[train]\nepochs = 20\noptimizer = {kind = \"sgd\", lr = 0.1, momentum = 0.9}\n",
      digits + dense("32", "activation = \"sigmoid\"\n") + kClasses + rate("adam", "1e-2", 20),
      digits + conv + "activation = \"relu\"\n" + layer("max_pool2d", "size = 2\n") + relu(64) + layer("dropout", "p = 0.3\n") + kClasses + rate("adamw", "3e-3", 8),
      digits + conv + layer("batch_norm", "activation = \"relu\"\n") + conv + layer("batch_norm") + layer("add", "from = [\"batch_norm1\", \"batch_norm2\"]\n") + layer("relu") + layer("global_avg_pool2d") +
          kClasses + rate("adam", "1e-2", 8) + one,
      digits + dense("64", "activation = \"gelu\"\n") + layer("layer_norm") + dense("64", "activation = \"silu\"\n") + kClasses + rate("rmsprop", "1e-3", 10),
      digits + relu(200) + kClasses + rate("sgd", "0.05", 20) + "batch = 16\nschedule = \"cosine\"\nl2 = 1e-4\n",
      digits + relu(32) + relu(32) + relu(32) + relu(32) + relu(32) + kClasses + rate("adam", "2e-3", 30) + "clip_norm = 1.0\nwarmup = 20\n",
      digits,
      csv(table(folder + "/honest.csv", false)) + rate("adam", "1e-2", 30),
      spiking(""),
      spiking("recurrent = true\n"),
      regression(folder) + rate("adam", "1e-2", 60),
      regression(folder) + rate("adam", "3e-3", 60) + "batch = 32\nloss = \"mae\"\n"};
}

TEST(Health, NoAlarmOnHealthyRuns) {
  TempFolder folder;
  int k = 0;
  for (const std::string& model : healthy(folder.path()))
    for (int seed = 0, seeds = std::getenv("SYNFIRE_LONG") ? 10 : 2; seed < seeds; ++seed) {
      Checked c = train(model, folder / fmt::format("run{}", k++), {"train.seed=" + std::to_string(seed)});
      EXPECT_GT(c.score, 0.8) << model;
      EXPECT_EQ(c.said, "") << model << c.score;
      EXPECT_TRUE(c.at_once.empty()) << model << c.at_once.front().str();
    }
}

// The same seed gives the same bits with and without looking.
TEST(Health, LookingChangesNoBit) {
  TempFolder folder;
  int k = 0;
  for (const std::string& model : healthy(folder.path())) {
    Checked with = train(model, folder / fmt::format("with{}", k), {"train.max_steps=60"});
    Checked without = train(model, folder / fmt::format("without{}", k), {"train.max_steps=60", "train.health=false", "train.tensorboard=false"});
    EXPECT_EQ(with.weights, without.weights) << model;
    EXPECT_EQ(content(folder / fmt::format("with{}/metrics.jsonl", k)), content(folder / fmt::format("without{}/metrics.jsonl", k))) << model;
    EXPECT_GE(with.measured.size(), 20u);
    EXPECT_TRUE(without.measured.empty());
    EXPECT_FALSE(std::filesystem::exists(folder / fmt::format("without{}/health.jsonl", k++)));
  }
}

// Killed and gone on with, a run has the lines that it would have had: but for what looks back over steps of the session before.
TEST(Health, AResumedRunGoesOnWithItsLog) {
  TempFolder folder;
  std::string model = "data = \"digits\"\n" + relu(64) + kClasses + rate("adam", "3e-3", 20);
  Checked whole = train(model, folder / "whole");
  train(model, folder / "run", {}, 150);
  std::ofstream(folder / "run/health.jsonl", std::ios::app) << "{\"step\":390,\"epo";  // of a process that was killed while it wrote
  Checked rest = train(model, folder / "run", {}, -1, true);
  ASSERT_EQ(rest.measured.size(), whole.measured.size());
  EXPECT_EQ(rest.weights, whole.weights);
  EXPECT_EQ(rest.said, whole.said);
  std::istringstream a(content(folder / "whole/health.jsonl")), b(content(folder / "run/health.jsonl"));
  size_t lines = 0;
  for (std::string one, two; std::getline(a, one); ++lines) {
    ASSERT_TRUE(std::getline(b, two));
    nlohmann::json x = nlohmann::json::parse(one), y = nlohmann::json::parse(two);
    for (nlohmann::json* j : {&x, &y}) {
      j->erase("window"), j->erase("loss");
      for (auto& l : (*j)["layers"]) l.erase("dead");
    }
    EXPECT_EQ(x, y);
  }
  EXPECT_EQ(lines, whole.measured.size());
  std::string rest_of_b;
  EXPECT_FALSE(std::getline(b, rest_of_b)) << rest_of_b;
}

// What is judged by epochs knows those of the session before.
TEST(Health, AResumedRunKnowsItsEpochs) {
  TempFolder folder;
  std::string model = noisy(folder.path()) + rate("adam", "5e-3", 120);
  Checked whole = train(model, folder / "whole");
  train(model, folder / "run", {}, 500);
  Checked rest = train(model, folder / "run", {}, -1, true);
  ASSERT_TRUE(whole.has("overfitting"));
  EXPECT_EQ(rest.said, whole.said);
}

// The files that others read.
TEST(Health, FilesOfARun) {
  TempFolder folder;
  Checked c = train("data = \"digits\"\n" + relu(64) + kClasses + rate("adam", "0.2", 20), folder / "run");
  std::istringstream lines(content(folder / "run/health.jsonl"));
  size_t n = 0, histograms = 0;
  for (std::string line; std::getline(lines, line); ++n) {
    nlohmann::json j = nlohmann::json::parse(line);
    ASSERT_EQ(j["layers"].size(), 2u);
    const nlohmann::json& l = j["layers"][0];
    EXPECT_EQ(l["name"], "dense1");
    EXPECT_EQ(l["kind"], "dense");
    for (const char* key : {"weight_norm", "grad_norm", "update_ratio", "activation_mean", "activation_std", "dead"}) EXPECT_TRUE(l[key].is_number()) << key;
    EXPECT_TRUE(j["layers"][1]["dead"].is_null());  // the last layer has no activation that could die
    EXPECT_GE(j["step"], 1);
    if (!l.contains("weights")) continue;
    ++histograms;
    int64_t total = 0;
    for (const auto& count : l["weights"]["counts"]) total += count.get<int64_t>();
    EXPECT_EQ(total, 64 * 64);
    EXPECT_LE(l["weights"]["min"], l["weights"]["max"]);
  }
  EXPECT_GE(n, 25u);
  EXPECT_GE(histograms, 5u);
  EXPECT_LT(histograms, n / 2);
  nlohmann::json verdict = nlohmann::json::parse(content(folder / "run/health.json"));
  ASSERT_GE(verdict["findings"].size(), 1u);
  const nlohmann::json& f = verdict["findings"][0];
  EXPECT_EQ(f["name"], "dying_relu");
  EXPECT_EQ(f["layer"], "dense1");
  EXPECT_EQ(f["where"], "model.toml:2");
  EXPECT_EQ(f["severity"], "severe");
  EXPECT_GE(f["step"], 1);
  EXPECT_FALSE(f["message"].get<std::string>().empty());
  EXPECT_FALSE(f["hint"].get<std::string>().empty());
}

}  // namespace
}  // namespace synfire

// What training promises: the same bits at any number of threads, exact resume from every step, NaN caught where it appears, and that
// each setting of [train] does what it says.
#include "synfire/train/trainer.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "synfire/train/evaluate.h"
#include "tests/support/training.h"

namespace synfire {
namespace {

using testing::content;
using testing::digest;
using testing::expect_same_run;
using testing::failure_of;
using testing::has_layer;
using testing::job_of;
using testing::perceptron;
using testing::Session;
using testing::TempFolder;

const std::string kMoved = "transform = [\"standardize\"]\naugment = [{kind = \"shift\", pixels = 1}, \"flip\"]\n";
const std::string kShort = "epochs = 3\nbatch = 300\nclip_norm = 0.5\nl1 = 1e-5\nl2 = 1e-4\nschedule = \"cosine\"\nwarmup = 4\nsave_initial = true\noptimizer = {kind = \"adam\", lr = 5e-3}\n";

// Everything random and everything summed at once, as far as the catalogue has it.
std::vector<std::string> workloads() {
  std::vector<std::string> all{
      perceptron("epochs = 2\nbatch = 50\nclip_norm = 1.0\nl1 = 1e-5\nl2 = 1e-4\ntrack_training = true\noptimizer = \"adam\"\n", kMoved),
      perceptron("epochs = 2\nbatch = 200\nclip_value = 0.05\ndrop_last = true\noptimizer = {kind = \"sgd\", momentum = 0.9, nesterov = true, lr = 0.05}\n", "transform = [\"scale\"]\n", 700),
      perceptron("epochs = 2\nbatch = 7\noptimizer = {kind = \"rmsprop\", lr = 1e-3}\n", "shuffle = false\n", 48)};
  if (has_layer("conv2d") && has_layer("batch_norm") && has_layer("dropout") && has_layer("max_pool2d"))
    all.push_back("[data]\nkind = \"digits\"\n" + kMoved +
                  "[[layer]]\nkind = \"conv2d\"\nfilters = 16\nkernel = 3\nactivation = \"relu\"\n[[layer]]\nkind = \"batch_norm\"\n[[layer]]\nkind = \"max_pool2d\"\nsize = 2\n"
                  "[[layer]]\nkind = \"flatten\"\n[[layer]]\nkind = \"dropout\"\np = 0.3\n[[layer]]\nkind = \"dense\"\nunits = \"classes\"\n"
                  "[train]\nepochs = 1\nbatch = 100\nclip_norm = 1.0\noptimizer = {kind = \"adamw\", lr = 2e-3}\n");
  return all;
}

TEST(Determinism, SameBitsAtAnyNumberOfThreads) {
  for (const std::string& model : workloads()) {
    TempFolder folder;
    Session one(model, folder / "1", 1);
    one.begin();
    EXPECT_GT(one.losses.size(), 5u);
    EXPECT_LT(one.losses.back(), one.losses.front()) << "it must learn for the comparison to mean something";
    for (int threads : {2, 3, 4, 8}) {
      std::string name = std::to_string(threads);
      Session other(model, folder / name, threads);
      other.begin();
      EXPECT_EQ(other.losses, one.losses) << threads << " threads\n" << model;
      EXPECT_EQ(other.weights(), one.weights()) << threads << " threads\n" << model;
      expect_same_run(folder / "1", folder / name, name + " threads");
    }
  }
}

TEST(Determinism, TheSeedDecides) {
  TempFolder folder;
  Session a(perceptron("epochs = 1\nseed = 3\n"), folder / "a"), b(perceptron("epochs = 1\nseed = 3\n"), folder / "b"), c(perceptron("epochs = 1\nseed = 4\n"), folder / "c");
  a.begin(), b.begin(), c.begin();
  EXPECT_EQ(a.weights(), b.weights());
  EXPECT_NE(a.weights(), c.weights());
}

// Stopped after every one of its steps once, and gone on with at another number of threads.
TEST(Resume, FromEveryStepEqualsTheUninterruptedRun) {
  std::vector<std::string> models{perceptron(kShort + "patience = 9\n", kMoved), perceptron(kShort + "drop_last = true\nmax_steps = 11\n")};
  models.push_back(workloads().back());
  for (const std::string& model : models) {
    TempFolder folder;
    Session whole(model, folder / "whole", 2);
    whole.begin();
    ASSERT_GE(whole.outcome.steps, 11);
    for (int64_t k = 0; k < whole.outcome.steps; ++k) {
      std::string run = folder / std::to_string(k);
      Session first(model, run, 1);
      EXPECT_TRUE(first.begin(k).interrupted);
      EXPECT_EQ(first.outcome.steps, k);
      Session second(model, run, 3);
      EXPECT_FALSE(second.resume().interrupted);
      EXPECT_EQ(second.weights(), whole.weights()) << "stopped after step " << k;
      EXPECT_EQ(second.outcome.validation.values, whole.outcome.validation.values);
      EXPECT_EQ(second.outcome.train.values, whole.outcome.train.values);
      expect_same_run(folder / "whole", run, "stopped after step " + std::to_string(k));
    }
  }
}

TEST(Resume, ManyTimesInOneRun) {
  TempFolder folder;
  std::string model = perceptron(kShort, kMoved);
  Session whole(model, folder / "whole");
  whole.begin();
  Session(model, folder / "pieces").begin(1);
  for (int64_t k = 2; k < whole.outcome.steps; ++k) Session(model, folder / "pieces").resume(k);
  Session last(model, folder / "pieces");
  last.resume();
  EXPECT_EQ(last.weights(), whole.weights());
  expect_same_run(folder / "whole", folder / "pieces", "one step a session");
}

TEST(Resume, MoreEpochsEqualALongerRun) {
  TempFolder folder;
  auto model = [](int epochs) { return perceptron("batch = 200\nseed = 5\nepochs = " + std::to_string(epochs) + "\n"); };
  Session whole(model(5), folder / "whole"), two(model(2), folder / "pieces");
  whole.begin(), two.begin();
  Session more(model(5), folder / "pieces");
  more.resume(-1, true);
  EXPECT_EQ(more.outcome.epochs, 5);
  EXPECT_EQ(more.weights(), whole.weights());
  expect_same_run(folder / "whole", folder / "pieces", "two epochs and three more");
}

TEST(Resume, BeyondMaxStepsInsideAnEpoch) {
  TempFolder folder;
  std::string model = perceptron("batch = 200\nepochs = 3\ntest_best = false\n");
  Session whole(model, folder / "whole"), cut(model + "max_steps = 9\n", folder / "pieces");
  whole.begin(), cut.begin();
  EXPECT_EQ(cut.outcome.steps, 9);
  EXPECT_EQ(cut.outcome.epochs, 2);
  Session more(model, folder / "pieces");
  more.resume(-1, true);
  EXPECT_EQ(more.weights(), whole.weights());
  EXPECT_EQ(more.outcome.train.values, whole.outcome.train.values) << "the epoch that was cut counts as a whole one";
}

TEST(Resume, RefusesWhatDoesNotFitAndChangesNothing) {
  TempFolder folder;
  std::string model = perceptron("batch = 200\nepochs = 2\n"), run = folder / "run";
  Session(model, run).begin();
  auto before = testing::lasting_files(run);
  Session again(model, run), batch(perceptron("batch = 100\nepochs = 9\n"), run), units(perceptron("batch = 200\nepochs = 9\n", "", 33), run),
      transform(perceptron("batch = 200\nepochs = 9\n", "transform = [\"standardize\"]\n"), run);
  Error e = failure_of([&] { again.resume(-1, true); });
  EXPECT_EQ(e.code, Code::usage);
  EXPECT_NE(e.hint.find("--epochs +N"), e.hint.npos);
  e = failure_of([&] { batch.resume(); });
  EXPECT_NE(e.message.find("steps until now"), e.message.npos) << e.str();
  e = failure_of([&] { units.resume(); });
  EXPECT_EQ(e.code, Code::data);
  EXPECT_NE(e.str().find("another network"), e.message.npos) << e.str();
  e = failure_of([&] { transform.resume(); });
  EXPECT_EQ(e.code, Code::data);
  EXPECT_NE(e.message.find("fitted to other data"), e.message.npos) << e.str();
  EXPECT_EQ(testing::lasting_files(run), before);
}

TEST(Trainer, EarlyStoppingAndWhatComesAfterIt) {
  TempFolder folder;
  std::string run = folder / "run", still = "batch = 200\nepochs = 50\npatience = 2\nschedule = {kind = \"step\", every = 2, factor = 1e-9}\noptimizer = {kind = \"sgd\", lr = 0.1}\n";
  Session first(perceptron(still), run);
  first.begin();
  EXPECT_TRUE(first.outcome.stopped_early);
  EXPECT_LT(first.outcome.epochs, 8);
  EXPECT_EQ(first.trainer.cursor().worse_epochs, 2);
  EXPECT_EQ(first.trainer.cursor().best_step, first.outcome.steps - 2 * 7) << "7 steps an epoch";
  // Killed after its last step, before it was concluded: nothing more is trained.
  Session concluded(perceptron(still), run);
  concluded.resume();
  EXPECT_TRUE(concluded.outcome.stopped_early);
  EXPECT_EQ(concluded.outcome.steps, first.outcome.steps);
  EXPECT_TRUE(concluded.losses.empty());
  // Asked for more by name, it gets its patience anew.
  Session longer(perceptron(still), run);
  longer.resume(-1, true);
  EXPECT_EQ(longer.outcome.epochs, first.outcome.epochs + 2);
  EXPECT_EQ(failure_of([&] { job_of(perceptron("patience = 2\n", "split = {validation = 0.0, test = 0.3}\n")); }).code, Code::config);
}

TEST(Trainer, CheckpointsAreAsFrequentAsAskedFor) {
  TempFolder folder;
  std::string run = folder / "run";
  Session s(perceptron("batch = 100\nepochs = 2\ncheckpoint_every = 4\n"), run);
  std::vector<int64_t> seen;  // step of the checkpoint that is there when a step ends
  s.each_step = [&](const StepReport&) {
    if (std::optional<std::string> last = find_checkpoint(run + "/checkpoints/last")) seen.push_back(parse_json(content(*last + "/manifest.json"), "manifest").find("step")->integer);
    else seen.push_back(0);
  };
  s.begin();
  for (size_t k = 0; k < seen.size(); ++k) EXPECT_EQ(seen[k], int64_t(k) / 4 * 4) << "after step " << k + 1;
}

TEST(Trainer, LogHoldsEveryStep) {
  TempFolder folder;
  std::string run = folder / "run";
  Session s(perceptron("batch = 200\nepochs = 2\nwarmup = 3\noptimizer = {kind = \"sgd\", lr = 0.5}\nschedule = {kind = \"step\", every = 1, factor = 0.1}\n"), run);
  s.begin();
  std::istringstream lines(content(run + "/metrics.jsonl"));
  std::string line;
  std::vector<double> losses, rates;
  int epochs = 0;
  while (std::getline(lines, line)) {
    Node n = parse_json(line, "line");
    if (n.find("validation")) { ++epochs; EXPECT_TRUE(n.find("validation")->find("accuracy")); continue; }
    losses.push_back(n.find("loss")->real), rates.push_back(n.find("lr")->real);
    EXPECT_EQ(n.find("step")->integer, int64_t(losses.size()));
    EXPECT_EQ(n.find("epoch")->integer, int64_t(losses.size() - 1) / 7 + 1);
  }
  EXPECT_EQ(epochs, 2);
  ASSERT_EQ(losses.size(), s.losses.size());
  for (size_t k = 0; k < losses.size(); ++k) {
    EXPECT_FLOAT_EQ(float(losses[k]), float(s.losses[k]));
    EXPECT_NEAR(rates[k], (k < 7 ? 0.5 : 0.05) * std::min(1.0, double(k + 1) / 3), 1e-7) << "warm-up over three steps, a tenth from the second epoch on";
  }
}

TEST(Trainer, FirstWeightsAreKeptAndRunsCanStartFromAFile) {
  TempFolder folder;
  Session a(perceptron("batch = 200\nepochs = 2\nsave_initial = true\n"), folder / "a");
  a.trainer.begin();
  std::string fresh = a.weights();
  a.trainer.run(a.stop);
  EXPECT_NE(a.weights(), fresh);
  Job same = job_of(perceptron("batch = 200\nepochs = 2\n"));
  same.model->training(200);
  Fitted fitted = same.source.fitted;
  load_checkpoint(folder / "a/checkpoints/initial", same.model->store(), fitted, true);
  EXPECT_EQ(digest(same.model->store()), fresh);
  std::string trained = folder / "a/checkpoints/last/weights.safetensors";
  Session b(perceptron("batch = 200\nepochs = 1\nseed = 9\nsave_initial = true\ninit_from = \"" + trained + "\"\n"), folder / "b");
  b.begin();
  EXPECT_EQ(content(folder / "b/checkpoints/initial/weights.safetensors"), content(trained));
  EXPECT_LT(b.losses.front(), a.losses.back() + 0.05) << "it goes on where the other run ended";
  EXPECT_EQ(failure_of([&] { Session(perceptron("init_from = \"" + trained + "\"\n", "", 40), folder / "c").begin(); }).code, Code::data);
  EXPECT_EQ(failure_of([&] { Session(perceptron("init_from = \"nowhere.safetensors\"\n"), folder / "d").begin(); }).code, Code::io);
}

TEST(Trainer, BestWeightsAreTestedUnlessToldOtherwise) {
  TempFolder folder;
  // The rate explodes in the last epoch, so that an earlier one is the best.
  std::string settings = "batch = 200\nepochs = 4\nschedule = {kind = \"step\", every = 3, factor = 0.999}\noptimizer = {kind = \"sgd\", lr = 0.2}\n";
  Session s(perceptron(settings), folder / "a");
  s.each_step = [&](const StepReport& r) {
    if (r.step != 3 * 7 + 3) return;
    for (const auto& state : s.job.model->store().states())
      if (state->parameter) for (int64_t i = 0; i < state->type.shape.numel(); ++i) state->view.f32()[i] *= -1;
  };
  s.begin();
  EXPECT_TRUE(s.outcome.of_best);
  EXPECT_EQ(s.trainer.cursor().best_step, 3 * 7);
  Job best = job_of(perceptron(settings));
  load_run_weights(folder / "a", "best", best);
  Metrics m = evaluate(*best.model, best.source.data, best.source.split.validation, best.source.fitted);
  EXPECT_EQ(m.values, s.outcome.validation.values);
  EXPECT_EQ(m.value("accuracy"), s.trainer.cursor().best_accuracy);
}

TEST(Trainer, TrainsWithoutValidationRows) {
  TempFolder folder;
  Session s(perceptron("batch = 300\nepochs = 2\n", "split = {validation = 0.0, test = 0.0}\n"), folder / "run");
  s.begin();
  EXPECT_EQ(s.outcome.validation.samples, 0);
  EXPECT_FALSE(s.outcome.of_best);
  EXPECT_FALSE(std::filesystem::exists(folder / "run/checkpoints/best"));
  EXPECT_TRUE(find_checkpoint(folder / "run/checkpoints/last"));
}

// ---- numbers that are not finite

struct Poison { std::string state; float value; };

// A number of the store is spoiled after step 9; the very next step must end the run, with the checkpoint of step 8 still good.
TEST(Trainer, NaNInAnyParameterOrSlotIsCaughtInTheNextStep) {
  std::vector<Poison> all;
  {
    Job job = job_of(perceptron("batch = 100\n"));
    job.model->training(100);
    for (const auto& s : job.model->store().states())
      for (float v : {NAN, INFINITY, -INFINITY}) all.push_back({s->name, v});
  }
  ASSERT_EQ(all.size(), 3u * 4 * 3) << "two layers of weight and bias, each with two slots of adam";
  for (const Poison& poison : all) {
    TempFolder folder;
    std::string model = perceptron("batch = 100\nepochs = 3\ncheckpoint_every = 4\n"), run = folder / "run";
    Session s(model, run);
    s.each_step = [&](const StepReport& r) { if (r.step == 9) s.job.model->store().find(poison.state)->view.f32()[5] = poison.value; };
    Error e = failure_of([&] { s.begin(); });
    EXPECT_EQ(e.code, Code::diverged) << poison.state;
    EXPECT_NE(e.message.find("step 10 "), e.message.npos) << poison.state << " " << poison.value << ": " << e.str();
    EXPECT_NE(e.hint.find("checkpoint of step 8"), e.hint.npos) << e.str();
    Session again(model, run), whole(model, folder / "whole");
    again.resume(), whole.begin();
    EXPECT_EQ(again.weights(), whole.weights()) << "the checkpoint that stayed is good";
  }
}

TEST(Trainer, DivergenceNamesOpAndLayerAndRows) {
  TempFolder folder;
  Session s(perceptron("batch = 100\nepochs = 5\noptimizer = {kind = \"sgd\", lr = 1000, weight_decay = 10}\n"), folder / "run");
  Error e = failure_of([&] { s.begin(); });
  EXPECT_EQ(e.code, Code::diverged);
  EXPECT_NE(e.message.find("the first bad number comes from"), e.message.npos) << e.str();
  EXPECT_NE(e.message.find("in \"dense"), e.message.npos) << e.str();
  EXPECT_NE(e.message.find("rows "), e.message.npos) << e.str();
  EXPECT_NE(e.hint.find("1000"), e.hint.npos) << e.str();
  // A number among the data, past the checks that reading has.
  Session bad(perceptron("batch = 100\nepochs = 2\ncheckpoint_every = 2\n"), folder / "bad");
  Dataset& d = bad.job.source.data;
  Tensor x(DType::f32, d.x.shape);
  for (int64_t i = 0; i < x.numel(); ++i) x.as<float>()[i] = float(d.x.as<uint8_t>()[i]);
  d.x = std::move(x);
  Loader order(d, bad.job.source.split.train, bad.job.source.fitted, bad.job.source.training(100, false, 0));
  int64_t row = order.batch(0, 6)[0];
  d.x.as<float>()[row * 64 + 7] = NAN;
  e = failure_of([&] { bad.begin(); });
  EXPECT_NE(e.message.find("step 7 (epoch 1, rows " + std::to_string(row)), e.message.npos) << e.str();
  EXPECT_NE(e.message.find("comes from the input \"x\""), e.message.npos) << e.str();
  EXPECT_NE(e.hint.find("checkpoint of step 6"), e.hint.npos) << e.str();
}

TEST(Trainer, HealthyRunsAreNeverStopped) {
  for (int seed = 0; seed < 10; ++seed)
    for (const char* optimizer : {"adam", "sgd", "rmsprop"}) {
      TempFolder folder;
      Session s(perceptron("batch = 25\nepochs = 2\nseed = " + std::to_string(seed) + "\noptimizer = \"" + optimizer + "\"\n"), folder / "run");
      EXPECT_NO_THROW(s.begin()) << optimizer << " " << seed;
      EXPECT_EQ(s.losses.size(), size_t(s.trainer.steps()));
    }
}

}  // namespace
}  // namespace synfire

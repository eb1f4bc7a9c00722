// What a program may rely on: a run's checkpoint is loaded and asked from two threads at once with the same bits; data in memory;
// weights in and out; stopping, resuming; every mistake is one Failure with a place and a hint.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>

#include "check.h"

namespace {

// Pictures as the digits have them: 64 numbers from 0 to 16.
std::vector<float> blurs(int n) {
  std::mt19937 random(7);
  std::vector<float> x(static_cast<size_t>(n) * 64);
  for (float& v : x) v = static_cast<float>(random() % 17);
  return x;
}

const char* kPerceptron = "data = \"digits\"\n[[layer]]\nkind = \"dense\"\nunits = 32\nactivation = \"relu\"\n[[layer]]\nkind = \"dense\"\nunits = \"classes\"\n[train]\nepochs = 8\n";

void two_threads(const std::string& run) {
  const synfire::Model model = synfire::Model::load(run);
  std::vector<float> x = blurs(777), alone = model.predict(x), first, second;
  check(alone.size() == 777 * 10, "ten probabilities a picture");
  bool same = true;
  for (int round = 0; round < 20; ++round) {
    std::thread other([&] { first = model.predict(x); });
    second = model.predict(x);
    other.join();
    same = same && first == alone && second == alone;
  }
  check(same, "two threads at once get the same bits as one");
  double sum = 0;
  for (int i = 0; i < 10; ++i) sum += double(alone[size_t(i)]);
  check(std::abs(sum - 1) < 1e-5, "probabilities add up to one");
  check(synfire::Model::load(run, {1, {}, ""}).predict(x) == alone, "the bits do not depend on the number of threads");
}

void weights_move(const std::string& folder) {
  synfire::Model a = synfire::Model::parse(kPerceptron), b = synfire::Model::parse(kPerceptron, {0, {"train.seed=5"}, ""});
  std::vector<float> x = blurs(20);
  check(a.predict(x) != b.predict(x), "other seeds, other weights");
  for (const synfire::Tensor& t : a.weights()) b.set_weight(t);
  check(a.predict(x) == b.predict(x), "weights() and set_weight() carry a network over");
  check(a.weights()[1].name == "dense1.weight" && a.weights()[1].shape == std::vector<std::int64_t>{32, 64}, "names and shapes are PyTorch's");
  a.train();
  a.save_weights(folder + "/w.safetensors"), b.load_weights(folder + "/w.safetensors");
  check(a.predict(x) == b.predict(x), "a safetensors file carries it over");
  a.save(folder + "/saved");
  check(synfire::Model::load(folder + "/saved").predict(x) == a.predict(x), "save() and load()");
  check(a.layers().size() == 2 && a.layers()[0].parameters == 64 * 32 + 32 && a.parameters() == 64 * 32 + 32 + 32 * 10 + 10, "layers() counts");
  check(has(mistake([&] { b.set_weight({"dense1.wieght", {32, 64}, std::vector<float>(32 * 64)}); }).hint, "did you mean \"dense1.weight\"?"), "an unknown weight gets the nearest name");
  check(mistake([&] { b.set_weight({"dense1.weight", {64, 32}, std::vector<float>(32 * 64)}); }).code == synfire::Code::shape, "a turned weight is refused");
}

// y = 3 a - b + 0.5, learned from numbers in memory.
void own_numbers() {
  synfire::Data d;
  d.sample = {2};
  std::mt19937 random(1);
  for (int i = 0; i < 400; ++i) {
    float a = float(random() % 1000) / 500 - 1, b = float(random() % 1000) / 500 - 1;
    d.x.push_back(a), d.x.push_back(b), d.targets.push_back(3 * a - b + 0.5f);
  }
  synfire::Model m = synfire::Model::parse("[[layer]]\nkind = \"dense\"\nunits = \"targets\"\n[train]\nepochs = 100\noptimizer = {kind = \"adam\", lr = 0.05}\n", d);
  synfire::Result r = m.train();
  check(r.test.at("rmse") < 0.01, "a line is learned from data in memory");
  check(std::abs(m.predict({0.5f, 0.25f})[0] - 1.75f) < 0.05f, "and predicted");
  check(mistake([&] { m.classify({0.5f, 0.25f}); }).code == synfire::Code::usage, "numbers have no classes");
}

void own_classes(const std::string& runs) {
  synfire::Data d;
  d.sample = {4, 4, 1}, d.class_names = {"dark above", "dark below"};
  for (int i = 0; i < 200; ++i) {
    for (int p = 0; p < 16; ++p) d.x.push_back(float((p < 8) == (i % 2 == 0)) + float(i % 7) / 20);
    d.labels.push_back(i % 2);
  }
  const char* text = "[data]\nkind = \"memory\"\ntransform = [\"standardize\"]\nsplit = {train = 0.6, validation = 0.2, test = 0.2}\n[train]\nepochs = 4\n";
  synfire::Model m = synfire::Model::parse(text, d);
  int steps = 0;
  synfire::TrainOptions stopped;
  stopped.runs = runs, stopped.name = "own", stopped.on_step = [&](const synfire::Step&) { return ++steps < 3; };
  synfire::Result first = m.train(stopped);
  check(first.stopped && first.steps == 3, "a callback ends the training");
  synfire::TrainOptions on;
  on.resume = first.run;
  synfire::Result rest = m.train(on), whole = synfire::Model::parse(text, d).train();
  check(rest.steps == whole.steps && rest.validation == whole.validation, "a resumed training ends as an uninterrupted one");
  check(rest.test.at("accuracy") == 1, "two kinds of pictures are told apart");
  check(synfire::Model::load(first.run).classes()[1] == "dark below", "names are kept in the run");
}

void mistakes() {
  synfire::Error e = mistake([] { synfire::Model::parse("data = \"digits\"\n[[layer]]\nkind = \"dence\"\nunits = 3\n"); });
  check(e.code == synfire::Code::config && e.where.file == "description" && e.where.line == 3 && has(e.hint, "did you mean \"dense\"?"), "a wrong kind has its line and the nearest name");
  check(has(e.str(), "description:3:8: "), "an error as one text");
  check(mistake([] { synfire::Model::read("/nowhere/model.toml"); }).where.file == "/nowhere/model.toml", "a missing file is named");
  check(mistake([] { synfire::Model::load("/nowhere"); }).code == synfire::Code::usage, "a missing run is named");
  synfire::Model m = synfire::Model::parse(kPerceptron);
  check(mistake([&] { m.predict(std::vector<float>(65)); }).code == synfire::Code::shape, "half a sample is refused");
  check(mistake([&] { m.predict(std::vector<float>(64, NAN)); }).code == synfire::Code::data, "NaN is refused");
  synfire::Data none;
  none.sample = {2}, none.x = {1, 2};
  check(mistake([&] { synfire::Model::parse("", none); }).code == synfire::Code::usage, "data without an answer are refused");
  synfire::TrainOptions throwing;
  throwing.on_epoch = [](const synfire::Epoch&) -> bool { throw std::runtime_error("mine"); };
  bool mine = false;
  try {
    m.train(throwing);
  } catch (const std::runtime_error& r) {
    mine = std::string(r.what()) == "mine";
  }
  check(mine, "what a callback throws comes out of train()");
  check(m.predict(blurs(1)).size() == 10, "and the model can still be used");
  int many = 0;
  try {
    synfire::Model::parse("data = \"digits\"\n[train]\nepochz = 3\nbatch = 0\n");
  } catch (const synfire::Failure& f) {
    many = int(f.errors().size());
  }
  check(many == 2, "all mistakes are told at once");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) return std::puts("checks RUN FOLDER RUN-OF-A-TABLE CSV RUN-OF-PICTURES PICTURES"), 2;
  static_assert(SYNFIRE_VERSION_AT_LEAST(0, 1, 0) && !SYNFIRE_VERSION_AT_LEAST(SYNFIRE_VERSION_MAJOR, SYNFIRE_VERSION_MINOR, SYNFIRE_VERSION_PATCH + 1));
  std::string numbers = std::to_string(SYNFIRE_VERSION_MAJOR) + "." + std::to_string(SYNFIRE_VERSION_MINOR) + "." + std::to_string(SYNFIRE_VERSION_PATCH);
  check(numbers == SYNFIRE_VERSION && synfire::version() == numbers, "headers and library are of one version");
  try {
    two_threads(argv[1]);
    weights_move(argv[2]);
    own_numbers();
    own_classes(argv[2]);
    mistakes();
    tables(argv[3], argv[4]);
    pictures(argv[5], argv[6]);
  } catch (const synfire::Failure& e) {
    std::printf("FAILED with %s\n", e.what()), ++failed;
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}

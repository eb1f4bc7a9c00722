// Our side of bench/run: training steps, or inference, of a network on random numbers. README.md beside it says what it prints.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

#include "synfire/base/format.h"
#include "synfire/base/random.h"
#include "synfire/def/neuron.h"
#include "synfire/model/toml.h"
#include "synfire/train/model.h"

using namespace synfire;

namespace {

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double peak_mb() {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("VmHWM:")) return std::atof(line.c_str() + 6) / 1024;
  return 0;
}

struct Input {
  DataInfo info;
  double spikes = 0;    // chance of a spike; 0: numbers from 0 to 1
  bool normal = false;  // normal numbers
};

// [[input]] shape = [H, W, C] or [T, F] is what only these files have: there are no data to tell it. spikes = P, normal = true: what it is filled with.
Input take_input(Node& tree) {
  const Node* given = tree.find("input");
  const Node* first = given && given->is(Node::Kind::array) && !given->items.empty() ? &given->items[0] : nullptr;
  const Node* shape = first ? first->find("shape") : nullptr;
  if (!shape) fail(Code::config, tree.where, "there is no [[input]] with shape = […]");
  Input input;
  for (const Node& d : shape->items) input.info.sample.push_back(d.integer);
  if (const Node* n = first->find("spikes")) input.spikes = n->real;
  if (const Node* n = first->find("normal")) input.normal = n->boolean;
  if (const Node* layers = tree.find("layer"))
    for (const Node& l : layers->items)
      if (const Node* units = l.find("units")) input.info.classes = units->integer;
  if (!input.info.classes) fail(Code::config, tree.where, "no layer has units");
  std::erase_if(tree.fields, [](const auto& f) { return f.first == "input"; });
  tree.set("data", Node::of(std::string("digits")));  // only so that the file is whole; never read
  return input;
}

void fill(Executable& e, const Input& input) {
  Random random{1, stream_of("bench"), 0};
  for (int64_t i = 0, n = e.x.shape.numel(); i < n; ++i) {
    float u = random.uniform(uint64_t(i));
    e.x.f32()[i] = input.normal ? float(random.normal(uint64_t(i))) : input.spikes > 0 ? float(u < input.spikes) : u;
  }
  for (int64_t i = 0; i < e.batch; ++i) e.target.as<int32_t>()[i] = int32_t(random.below(uint64_t(i) + (uint64_t{1} << 40), uint64_t(input.info.classes)));
}

// Part of the steps in which the first layer of neurons fires: that of a network which ends there. Below 0: there are none.
double firing_rate(Net net, Input input, const TrainSettings& settings, Pool& pool, int64_t batch) {
  auto fires = [](const LayerSpec& l) { const NeuronDef* def = Registry<NeuronDef>::find(l.kind); return def && def->fires; };
  auto first = std::find_if(net.layers.begin(), net.layers.end(), fires);
  if (first == net.layers.end()) return -1;
  net.layers.erase(first + 1, net.layers.end());
  net.loss = {"ce_rate", {}};  // its output is the count of spikes
  for (const LayerSpec& l : net.layers) input.info.classes = l.attrs.integer("units", input.info.classes);
  int64_t steps = steps_of(net.time, input.info.sample);
  Model model(std::move(net), input.info, settings, pool);
  Executable& e = model.evaluation(batch);
  fill(e, input);
  e.run();
  double sum = 0;
  for (int64_t i = 0, n = e.output.shape.numel(); i < n; ++i) sum += e.output.f32()[i];
  return sum / double(e.output.shape.numel() * steps);
}

}  // namespace

int main(int argc, char** argv) try {
  int64_t batch = 64;
  int threads = 1;
  double limit = 2;
  bool infer = false, describe = false;
  const char* path = nullptr;
  for (int i = 1; i < argc; ++i) {
    auto value = [&] { return i + 1 < argc ? argv[++i] : "0"; };
    if (!std::strcmp(argv[i], "--batch")) batch = std::atoll(value());
    else if (!std::strcmp(argv[i], "--threads")) threads = std::atoi(value());
    else if (!std::strcmp(argv[i], "--seconds")) limit = std::atof(value());
    else if (!std::strcmp(argv[i], "--infer")) infer = true;
    else if (!std::strcmp(argv[i], "--describe")) describe = true;
    else path = argv[i];
  }
  if (!path || batch < 1 || threads < 1) {
    std::fprintf(stderr, "steps MODEL.toml [--batch B] [--threads N] [--seconds S] [--infer] [--describe]\n");
    return 2;
  }
  flush_denormals();
  Node tree = parse_model_text(read_text(path), path);
  Input input = take_input(tree);
  Problems problems;
  TrainSettings settings = read_settings(tree, problems);
  problems.throw_if_any();
  Pool pool(threads);
  Net net = read_net(tree, input.info);
  double rate = firing_rate(net, input, settings, pool, batch);
  Model model(std::move(net), input.info, settings, pool);
  Executable& e = infer ? model.evaluation(batch) : model.training(batch);
  fill(e, input);
  if (describe) std::fputs(e.plan.describe().c_str(), stderr);
  std::vector<double> times;
  int64_t step = 0;  // neurons fire as they did at first: with a rate of learning of 0 all is computed, and nothing changes
  for (double start = seconds(), t = start; t - start < limit || times.empty();) {
    double begin = seconds();
    if (e.lr) *e.lr = rate < 0 ? 1e-3f : 0.f, *e.step = float(++step);
    e.run();
    t = seconds();
    times.push_back(t - begin);
  }
  times.erase(times.begin(), times.begin() + std::min<long>(2, long(times.size()) - 1));  // caches and branches warm up
  double least = *std::min_element(times.begin(), times.end());
  std::nth_element(times.begin(), times.begin() + long(times.size() / 2), times.end());
  std::printf("{\"ms_median\": %.6f, \"ms_min\": %.6f, \"n\": %zu, \"rss_mb\": %.1f", 1e3 * times[times.size() / 2], 1e3 * least, times.size(), peak_mb());
  if (rate >= 0) std::printf(", \"rate\": %.4f", rate);
  std::printf("}\n");
  return 0;
} catch (const Failure& f) {
  std::fprintf(stderr, "%s\n", f.what());
  return 1;
}

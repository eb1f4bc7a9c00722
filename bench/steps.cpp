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

// [[input]] shape = [H, W, C] is what only these files have: there are no data to tell it.
DataInfo take_input(Node& tree) {
  const Node* input = tree.find("input");
  const Node* shape = input && input->is(Node::Kind::array) && !input->items.empty() ? input->items[0].find("shape") : nullptr;
  if (!shape) fail(Code::config, tree.where, "there is no [[input]] with shape = […]");
  DataInfo info;
  for (const Node& d : shape->items) info.sample.push_back(d.integer);
  const Node* layers = tree.find("layer");
  const Node* units = layers && !layers->items.empty() ? layers->items.back().find("units") : nullptr;
  if (!units) fail(Code::config, tree.where, "the last layer has no units");
  info.classes = units->integer;
  std::erase_if(tree.fields, [](const auto& f) { return f.first == "input"; });
  tree.set("data", Node::of(std::string("digits")));  // only so that the file is whole; never read
  return info;
}

void fill(Executable& e, int64_t classes) {
  Random random{1, stream_of("bench"), 0};
  for (int64_t i = 0, n = e.x.shape.numel(); i < n; ++i) e.x.f32()[i] = random.uniform(uint64_t(i));
  for (int64_t i = 0; i < e.batch; ++i) e.target.as<int32_t>()[i] = int32_t(random.below(uint64_t(i) + (uint64_t{1} << 40), uint64_t(classes)));
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
  DataInfo info = take_input(tree);
  Problems problems;
  TrainSettings settings = read_settings(tree, problems);
  problems.throw_if_any();
  Pool pool(threads);
  Model model(read_net(tree, info), info, settings, pool);
  Executable& e = infer ? model.evaluation(batch) : model.training(batch);
  fill(e, info.classes);
  if (describe) std::fputs(e.plan.describe().c_str(), stderr);
  std::vector<double> times;
  int64_t step = 0;
  for (double start = seconds(), t = start; t - start < limit || times.empty();) {
    double begin = seconds();
    if (e.lr) *e.lr = 1e-3f, *e.step = float(++step);
    e.run();
    t = seconds();
    times.push_back(t - begin);
  }
  times.erase(times.begin(), times.begin() + std::min<long>(2, long(times.size()) - 1));  // caches and branches warm up
  double least = *std::min_element(times.begin(), times.end());
  std::nth_element(times.begin(), times.begin() + long(times.size() / 2), times.end());
  std::printf("{\"ms_median\": %.6f, \"ms_min\": %.6f, \"n\": %zu, \"rss_mb\": %.1f}\n", 1e3 * times[times.size() / 2], 1e3 * least, times.size(), peak_mb());
  return 0;
} catch (const Failure& f) {
  std::fprintf(stderr, "%s\n", f.what());
  return 1;
}

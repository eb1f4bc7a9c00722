// doctor: which library runs, what this machine gives it, and whether a small real training comes out right.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "synfire/base/format.h"
#include "synfire/cli/command.h"
#include "synfire/cli/tables.h"
#include "synfire/tensor/gemm.h"
#include "synfire/train/trainer.h"

namespace synfire::cli {
namespace {

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::string processor() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("model name")) return line.substr(std::min(line.size(), line.find(':') + 2));
  return "unknown";
}

// GFLOP/s of the matrix product with packed weights, the best of some runs.
double product_speed(Pool& pool) {
  constexpr int64_t M = 512, N = 512, K = 512;
  std::vector<float> x(M * K, 0.5f), w(N * K, 0.25f), y(M * N);
  int slices = gemm_slices(M, N, K);
  double best = 1e9;
  for (int i = 0; i < 20; ++i) {
    double start = seconds();
    pool.run(slices, [&](int s) { gemm_panels(gemm_slice(M, N, K, s), N, K, x.data(), K, w.data(), nullptr, y.data(), N, {}); });
    best = std::min(best, seconds() - start);
  }
  return 2.0 * M * N * K / best / 1e9;
}

double triad_speed() {  // GB/s: a = b + s c over arrays that no cache holds
  std::vector<float> a(16 << 20), b(a.size(), 1.f), c(a.size(), 2.f);
  double best = 1e9;
  for (int i = 0; i < 4; ++i) {
    double start = seconds();
    for (size_t k = 0; k < a.size(); ++k) a[k] = b[k] + 3 * c[k];
    best = std::min(best, seconds() - start);
  }
  return 3.0 * double(a.size()) * sizeof(float) / best / 1e9;
}

// A small network on the embedded digits: what it reaches in validation, and what a step took.
std::pair<double, double> small_training(int threads) {
  std::string folder = (std::filesystem::temp_directory_path() / "synfire-doctor-XXXXXX").string();
  if (!::mkdtemp(folder.data())) fail(Code::io, Where{folder}, "cannot be made", "TMPDIR says where");
  struct Sweep { std::string f; ~Sweep() { std::error_code e; std::filesystem::remove_all(f, e); } } sweep{folder};
  Node tree = Node::table(), train = Node::table();
  train.set("epochs", Node::of(int64_t{10}));
  tree.set("data", Node::of(std::string("digits"))), tree.set("train", train);
  Job job = open_job(tree, "", threads);
  RunFolder run = RunFolder::create(folder, "doctor");
  Trainer trainer(*job.model, job.source, run, {});
  trainer.begin();
  std::atomic<bool> stop{false};
  Outcome o = trainer.run(stop);
  return {o.validation.value("accuracy"), 1000 * o.seconds / double(o.steps)};
}

}  // namespace

int doctor(const Command& c) {
  int threads = threads_of(c), cores = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  Pool one(1), all(threads);
  double alone = product_speed(one), together = product_speed(all);
  auto [accuracy, step] = small_training(threads);
  std::string level = level_name(), warnings;
  std::string text = fmt::format("processor  {}, {} online, {} threads\nlibrary    {}\nproduct    {:.0f} GFLOP/s on one thread, {:.0f} on {}\nmemory     {:.0f} GB/s on one thread\ntraining   digits: {:.1f} % in validation after 10 epochs, {:.2f} ms a step\n",
                            processor(), cores, threads, level, alone, together, threads, triad_speed(), 100 * accuracy, step);
  bool well = accuracy > 0.9;
  if (!well) warnings += "warning: a network that should reach 95 % on the digits does not; something is wrong with this build\n";
  if (level == "baseline x86-64") warnings += "warning: the library for every processor runs; with AVX2 and FMA it would be several times faster\n";
  if (threads > 1 && together < 1.3 * alone) warnings += fmt::format("warning: {} threads are hardly faster than one; are other programs busy, or is this container held to one core?\n", threads);
  if (c.json) print(fmt::format("{{\"level\":{},\"threads\":{},\"gflops\":{:.1f},\"gflops_all\":{:.1f},\"accuracy\":{:.4f},\"ms_per_step\":{:.4f},\"well\":{}}}\n", json_text(level), threads, alone, together, accuracy, step, well));
  else print(text + (warnings.empty() ? "all is well\n" : warnings));
  return well ? 0 : 1;
}

}  // namespace synfire::cli

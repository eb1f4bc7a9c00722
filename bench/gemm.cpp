// Speed of the matrix kernels on one thread, beside OpenBLAS and the processor's own limit, all in turn within one run.
//   build/bench/gemm            the table, geometric means, as Markdown
//   build/bench/gemm shapes     every shape as well
// Shares are of the multiply-add peak that a probe reaches just before and after each shape. Weights stay in panels, as in a
// plan; the weight gradient includes the packing of its slivers; "+ turn" includes turning the panels for the gradient of x.
#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <vector>

#include "bench/measure.h"
#include "synfire/base/arena.h"
#include "synfire/base/pool.h"
#include "synfire/base/random.h"
#include "synfire/tensor/gemm.h"
#include "synfire/tensor/panels.h"

namespace synfire {
namespace {

enum Form { kForward, kInput, kWeight };  // x wᵀ, dy w, xᵀ dy
struct Shape3 { Form form; int64_t M, K, N; };

std::vector<Shape3> shapes() {
  constexpr int64_t sizes[][2] = {{64, 10}, {128, 10}, {256, 10}, {1024, 10}, {64, 64}, {128, 64}, {64, 128}, {128, 128}, {256, 128},
                                  {128, 256}, {256, 256}, {128, 512}, {512, 128}, {256, 512}, {512, 512}, {784, 128}, {784, 256}, {784, 512},
                                  {256, 1024}, {1024, 256}, {784, 1024}, {1024, 1024}, {512, 2048}, {2048, 512}, {2048, 2048}};
  std::vector<Shape3> list;
  for (Form form : {kForward, kInput, kWeight})
    for (int64_t M : {1, 32, 64, 128, 512, 2048})
      for (auto [K, N] : sizes) {
        if (form == kWeight && M > 1) list.push_back({form, K, M, N});
        else if (form != kWeight) list.push_back({form, M, K, N});
      }
  return list;
}

struct Buffers {
  static constexpr int64_t kFloats = int64_t{2048} * 2064;
  Arena memory{kFloats * 8 * 4};
  float* at(int i) const { return reinterpret_cast<float*>(memory.data()) + i * kFloats; }
  Random random{1, stream_of("bench"), 0};
  Buffers() { for (int64_t i = 0; i < 2 * kFloats; ++i) at(0)[i] = random.uniform(uint64_t(i)) - 0.5f; }
};

// Our kernel for a shape, slice after slice.
std::function<void()> ours(const Shape3& s, const Buffers& b, bool turn) {
  float *x = b.at(0), *w = b.at(1), *y = b.at(2), *panels = b.at(3), *turned = b.at(4), *slivers = b.at(5), *scratch = b.at(6);
  auto [form, M, K, N] = s;
  if (form == kWeight)  // x [K, M], dy [K, N]
    return [=, M = M, K = K, N = N] {
      if (weight_grad_packs(K, N, M)) pack_slivers(K, M, x, M, slivers, 0, (M + 5) / 6);
      for (int i = 0; i < weight_grad_slices(N, M); ++i) weight_grad(i, K, N, M, x, M, slivers, w, N, y, scratch, {});
    };
  to_panels(w, N, K, form == kForward ? 1 : K, form == kForward ? N : 1, panels);
  if (turn) to_panels(w, K, N, 1, K, panels);  // of the weights [K, N]
  return [=, M = M, K = K, N = N] {
    if (turn) transpose_panels(panels, K, N, turned, 0, (N + 15) / 16);
    for (int i = 0; i < gemm_slices(M, N, K); ++i)
      gemm_panels(gemm_slice(M, N, K, i), N, K, x, K, turn ? turned : panels, nullptr, y, N, {});
  };
}

std::function<void()> theirs(const Shape3& s, const Buffers& b) {
  float *x = b.at(0), *w = b.at(1), *y = b.at(7);
  auto [form, M, K, N] = s;
  auto left = form == kWeight ? CblasTrans : CblasNoTrans, right = form == kInput ? CblasTrans : CblasNoTrans;
  int lda = int(form == kWeight ? M : K), ldb = int(form == kInput ? K : N);
  return [=, M = int(M), K = int(K), N = int(N)] { cblas_sgemm(CblasRowMajor, left, right, M, N, K, 1, x, lda, w, ldb, 0, y, N); };
}

// The two must agree, or the speed means nothing.
bool agree(const Shape3& s, const Buffers& b) {
  const float *y = b.at(2), *z = b.at(7);
  double limit = 2e-5 * std::sqrt(double(s.K));
  for (int64_t m = 0; m < s.M; ++m)
    for (int64_t n = 0; n < s.N; ++n) {
      float mine = s.form == kWeight ? y[(n / 16 * s.M + m) * 16 + n % 16] : y[m * s.N + n];
      if (!(std::abs(mine - z[m * s.N + n]) < limit)) return std::printf("differs at %ld %ld: %g, %g\n", m, n, mine, z[m * s.N + n]), false;
    }
  return true;
}

struct Mean {
  double logs = 0;
  int count = 0;
  void add(double v) { logs += std::log(v), ++count; }
  double value() const { return count ? std::exp(logs / count) : 0; }
};

int run(bool list) {
  Buffers buffers;
  Mean mean[4][4][3];  // class of size, form (3 is all), OpenBLAS or ours or ours with the turn
  double peak = 0;
  for (const Shape3& s : shapes()) {
    double flop = 2.0 * double(s.M) * double(s.N) * double(s.K), limit = fma_peak(), times[3] = {1e9, 1e9, 1e9};
    std::function<void()> f[3] = {theirs(s, buffers), ours(s, buffers, false), s.form == kInput ? ours(s, buffers, true) : nullptr};
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 3; ++i) if (f[i]) times[i] = std::min(times[i], shortest(f[i]));
      if (round == 0 && !agree(s, buffers)) return 1;
      limit = std::max(limit, fma_peak());
    }
    if (!f[2]) times[2] = times[1];
    peak = std::max(peak, limit);
    int size = flop < 1e6 ? 0 : flop < 1e7 ? 1 : flop < 1e8 ? 2 : 3;
    for (int i = 0; i < 3; ++i) for (int form : {int(s.form), 3}) mean[size][form][i].add(flop / times[i] / limit);
    if (list)
      std::printf("%s %5ld %5ld %5ld  %8.1f us  OpenBLAS %3.0f %%  ours %3.0f %%  + turn %3.0f %%\n", s.form == kForward ? "x*wT " : s.form == kInput ? "dy*w " : "xT*dy",
                  s.M, s.K, s.N, times[1] * 1e6, 100 * flop / times[0] / limit, 100 * flop / times[1] / limit, 100 * flop / times[2] / limit);
  }
  std::printf("| share of the peak (%s, %.0f GFLOP/s) | shapes | x·Wᵀ | dY·W | the same, turning W | Xᵀ·dY | all | OpenBLAS, all |\n|---|---|---|---|---|---|---|---|\n", level_name(), peak * 1e-9);
  const char* names[] = {"below 1 MFLOP", "1–10 MFLOP", "10–100 MFLOP", "above 100 MFLOP"};
  for (int size = 0; size < 4; ++size) {
    auto share = [&](int form, int which) { return 100 * mean[size][form][which].value(); };
    std::printf("| %s | %d | %.0f %% | %.0f %% | %.0f %% | %.0f %% | %.0f %% | %.0f %% |\n", names[size], mean[size][3][0].count, share(kForward, 1),
                share(kInput, 1), share(kInput, 2), share(kWeight, 1), share(3, 1), share(3, 0));
  }
  return 0;
}

// Batch 1 through 784-256-128-10: the sum of the kernels' times.
void infer() {
  Buffers b;
  float *x = b.at(0), *y = b.at(2);
  auto layer = [&](int64_t N, int64_t K, const float* in, const float* w, float* out) {
    for (int i = 0; i < gemm_slices(1, N, K); ++i) gemm_panels(gemm_slice(1, N, K, i), N, K, in, K, w, nullptr, out, N, {});
  };
  double t = shortest([&] { layer(256, 784, x, b.at(1), y); layer(128, 256, y, b.at(3), y + 256); layer(10, 128, y + 256, b.at(4), y + 384); });
  std::printf("784-256-128-10, batch 1: %.1f us\n", t * 1e6);
}

}  // namespace
}  // namespace synfire

int main(int argc, char** argv) {
  openblas_set_num_threads(1);
  synfire::flush_denormals();
  synfire::infer();
  return synfire::run(argc > 1 && !std::strcmp(argv[1], "shapes"));
}

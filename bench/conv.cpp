// Speed of the convolutions on one thread beside the processor's multiply-add limit, and of pools and norms beside a copy of memory.
//   build/bench/conv [BATCH]    the tables, as Markdown; 32 images by default
// Every slice of a kernel is run in turn, copies into padded blocks and the sum of partial weight gradients included. Shares are
// of the peak that a probe reaches just before and after a row. The gradient of x includes turning the weights; where Winograd saves
// multiplications, shares are of those that the plain sums would need.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "bench/measure.h"
#include "synfire/base/arena.h"
#include "synfire/base/pool.h"
#include "synfire/base/random.h"
#include "synfire/tensor/conv.h"
#include "synfire/tensor/norm.h"
#include "synfire/tensor/pool2d.h"

namespace synfire {
namespace {

struct Row { const char* name; int64_t H, C, OC, K, S, P, groups; };
constexpr Row kRows[] = {
    {"28x28   1 ->  32  5x5", 28, 1, 32, 5, 1, 2, 1},      {"14x14  32 ->  64  3x3", 14, 32, 64, 3, 1, 1, 1},
    {"32x32   3 ->  16  3x3", 32, 3, 16, 3, 1, 1, 1},      {"32x32  16 ->  16  3x3", 32, 16, 16, 3, 1, 1, 1},
    {"16x16  32 ->  32  3x3", 16, 32, 32, 3, 1, 1, 1},     {"8x8    64 ->  64  3x3", 8, 64, 64, 3, 1, 1, 1},
    {"8x8    64 ->  64  1x1", 8, 64, 64, 1, 1, 0, 1},      {"32x32  16 ->  32  3x3 / 2", 32, 16, 32, 3, 2, 1, 1},
    {"16x16  32 ->  64  3x3 / 2", 16, 32, 64, 3, 2, 1, 1}, {"32x32  16 ->  32  1x1 / 2", 32, 16, 32, 1, 2, 0, 1},
    {"14x14 256 -> 256  3x3", 14, 256, 256, 3, 1, 1, 1},   {"7x7   512 -> 512  3x3", 7, 512, 512, 3, 1, 1, 1},
    {"56x56  64 ->  64  3x3", 56, 64, 64, 3, 1, 1, 1},     {"14x14  32 depthwise 3x3", 14, 32, 32, 3, 1, 1, 32},
    {"16x16  32 depthwise 3x3", 16, 32, 32, 3, 1, 1, 32},  {"32x32  32 depthwise 3x3", 32, 32, 32, 3, 1, 1, 32},
    {"32x32  32 depthwise 3x3 / 2", 32, 32, 32, 3, 2, 1, 32}};

// One piece of memory after another, filled with numbers.
class Buffers {
 public:
  explicit Buffers(int64_t floats) : memory_(floats * 4) {}
  float* take(int64_t floats) {
    float* p = reinterpret_cast<float*>(memory_.data()) + used_;
    used_ += (floats + 15) / 16 * 16;
    Random r{1, stream_of("bench"), 0};
    for (int64_t i = 0; i < floats; ++i) p[i] = r.uniform(uint64_t(i) + uint64_t(used_)) - 0.5f;
    return p;
  }

 private:
  Arena memory_;
  int64_t used_ = 0;
};

void measure(const Row& row, int64_t N) {
  ConvShape s{N, row.H, row.H, row.C, row.OC, row.K, row.K, row.S, row.S, row.P, row.P, row.P, row.P, row.groups};
  int64_t xs = N * s.H * s.W * s.C, ys = N * s.OH() * s.OW() * s.OC, ws = (s.OC + 15) / 16 * 16 * s.K(), fs = conv2d_flipped_floats(s), rs = conv2d_ready_floats(s);
  int64_t scratch_floats = int64_t(conv2d_scratch(s) / 4), partial_floats = int64_t(conv2d_weight_grad_partials(s) / 4);
  Buffers b(2 * xs + 2 * ys + 2 * ws + fs + rs + scratch_floats + partial_floats + s.OC + 256);
  float *x = b.take(xs), *dx = b.take(xs), *y = b.take(ys), *dy = b.take(ys), *w = b.take(ws), *dw = b.take(ws), *flipped = b.take(fs), *ready = b.take(rs);
  float *scratch = b.take(scratch_floats), *partials = b.take(partial_floats), *bias = b.take(s.OC);
  double peak = fma_peak();
  double forward = shortest([&] {
    if (rs) conv2d_ready_weights(s, w, ready, 0, 1);
    for (int i = 0; i < conv2d_slices(s); ++i) conv2d_forward(s, i, x, rs ? ready : w, bias, y, scratch, {});
  });
  double input = shortest([&] {
    conv2d_flip_weights(s, w, flipped, 0, 1);
    for (int i = 0; i < conv2d_input_grad_slices(s); ++i) conv2d_input_grad(s, i, dy, flipped, dx, scratch, {});
  });
  double weight = shortest([&] {
    for (int i = 0; i < conv2d_weight_grad_slices(s); ++i) conv2d_weight_grad(s, i, x, dy, partials, scratch);
    conv2d_weight_grad_finish(s, 0, 1, partials, dw, scratch, {});
  });
  peak = std::max(peak, fma_peak());
  auto share = [&](double t) { return 100 * s.flops() / t / peak; };
  std::printf("| %-27s | %5.0f (%2.0f %%) | %5.0f (%2.0f %%) | %5.0f (%2.0f %%) |\n", row.name, s.flops() / forward * 1e-9, share(forward), s.flops() / input * 1e-9,
              share(input), s.flops() / weight * 1e-9, share(weight));
}

// Bytes read and written in a second, beside those of memcpy between the same buffers.
void memory_bound(int64_t N) {
  constexpr int64_t H = 32, C = 16;
  int64_t M = N * H * H, n = M * C;
  PoolShape p{N, H, H, C, 2, 2, 2, 2}, q{N, H, H, C, 3, 3, 2, 2, 1, 1, 1, 1};
  Buffers b(4 * n + 1024);
  float *x = b.take(n), *y = b.take(n), *z = b.take(n), *small = b.take(8 * C);
  auto* argmax = reinterpret_cast<uint8_t*>(b.take(n / 4));
  std::vector<double> partials(size_t(batch_norm_partials(M, C)));
  float *mean = small, *var = small + C, *gamma = small + 2 * C, *beta = small + 3 * C, *dgamma = small + 4 * C, *dbeta = small + 5 * C;
  double copy = shortest([&] { std::memcpy(y, x, size_t(n) * 4); });
  std::printf("\n| %ld images of 32x32x16 | GB/s (memcpy %.0f) |\n|---|---|\n", N, double(n) * 8 / copy * 1e-9);
  auto row = [&](const char* name, double bytes, auto f) { std::printf("| %-22s | %5.0f |\n", name, bytes / shortest(f) * 1e-9); };
  double image = double(n) * 4;
  row("max pool 2x2", image * 1.25 + double(n) / 4, [&] { for (int i = 0; i < pool2d_slices(p); ++i) max_pool2d(p, i, x, y, argmax, {}); });
  row("  its gradient", image * 1.25 + double(n) / 4, [&] { for (int i = 0; i < pool2d_slices(p); ++i) max_pool2d_grad(p, i, y, argmax, x, {}); });
  row("max pool 3x3 / 2", image * 1.25 + double(n) / 4, [&] { for (int i = 0; i < pool2d_slices(q); ++i) max_pool2d(q, i, x, y, argmax, {}); });
  row("  its gradient", image * 1.25 + double(n) / 4, [&] { for (int i = 0; i < pool2d_slices(q); ++i) max_pool2d_grad(q, i, y, argmax, x, {}); });
  row("average pool 2x2", image * 1.25, [&] { for (int i = 0; i < pool2d_slices(p); ++i) avg_pool2d(p, true, i, x, y, {}); });
  row("  its gradient", image * 1.25, [&] { for (int i = 0; i < pool2d_slices(p); ++i) avg_pool2d_grad(p, true, i, y, x, {}); });
  row("global average", image, [&] { for (int i = 0; i < global_avg_pool_slices(N, H * H, C); ++i) global_avg_pool(N, H * H, C, i, x, y, {}); });
  int slices = batch_norm_slices(M, C);
  row("batch norm, statistics", image, [&] {
    for (int i = 0; i < slices; ++i) batch_norm_stats(M, C, i, x, partials.data());
    batch_norm_stats_finish(M, C, partials.data(), mean, var);
  });
  row("  apply", image * 2, [&] { for (int i = 0; i < slices; ++i) batch_norm_apply(M, C, 1e-5f, i, x, mean, var, gamma, beta, y, {}); });
  row("  gradient, statistics", image * 2, [&] {
    for (int i = 0; i < slices; ++i) batch_norm_grad_stats(M, C, 1e-5f, i, x, y, mean, var, partials.data());
    batch_norm_grad_finish(M, C, partials.data(), dgamma, dbeta);
  });
  row("  gradient, apply", image * 3, [&] { for (int i = 0; i < slices; ++i) batch_norm_grad_apply(M, C, 1e-5f, i, x, y, mean, var, gamma, dgamma, dbeta, z, {}); });
}

}  // namespace
}  // namespace synfire

int main(int argc, char** argv) {
  synfire::flush_denormals();
  int64_t N = argc > 1 ? std::max(1, std::atoi(argv[1])) : 32;
  std::printf("| GFLOP/s and share of the peak (%s, %.0f GFLOP/s), batch %ld | forward | gradient of x | gradient of w |\n|---|---|---|---|\n",
              synfire::level_name(), synfire::fma_peak() * 1e-9, N);
  for (const auto& row : synfire::kRows) synfire::measure(row, N);
  synfire::memory_bound(N);
}

// Sums in an order fixed by the shape: eight or more running floats over a short run, runs in double, slices in their order.
#include "synfire/tensor/reduce.h"

#include <algorithm>

#include "synfire/tensor/vec.h"

namespace synfire {
namespace {

constexpr int64_t kRun = 128;        // rows that are added in float
constexpr int64_t kRunFloats = 4096;  // elements that are added in float, 32 of them side by side
constexpr int64_t kMaxSlices = 32, kSliceFloats = 32768;

// to [width] += the sums of the columns of `rows` rows, width <= 8.
void add_columns(const float* x, int64_t rows, int64_t N, int64_t width, double* to) {
  if (width < 8) {
    for (int64_t c = 0; c < width; ++c) {
      float sum = 0;
      for (int64_t m = 0; m < rows; ++m) sum += x[m * N + c];
      to[c] += sum;
    }
    return;
  }
  Vec sum[4] = {};
  int64_t m = 0;
  for (; m + 4 <= rows; m += 4)
    for (int i = 0; i < 4; ++i) sum[i] += load(x + (m + i) * N);
  for (; m < rows; ++m) sum[0] += load(x + m * N);
  Vec all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  for (int i = 0; i < 8; ++i) to[i] += static_cast<double>(all[i]);
}

double across(const Vec& v) {
  return ((double(v[0]) + double(v[4])) + (double(v[1]) + double(v[5]))) + ((double(v[2]) + double(v[6])) + (double(v[3]) + double(v[7])));
}

// The sum of f of n elements.
template <class F>
double sum_of(const float* x, int64_t n, const F& f) {
  double total = 0;
  for (int64_t first = 0; first < n; first += kRunFloats) {
    int64_t count = std::min(kRunFloats, n - first), i = 0;
    Vec sum[4] = {};
    for (; i + 32 <= count; i += 32)
      for (int j = 0; j < 4; ++j) sum[j] = f(load(x + first + i + j * 8), sum[j]);
    for (; i + 8 <= count; i += 8) sum[0] = f(load(x + first + i), sum[0]);
    if (i < count) {
      float rest[8] = {};
      std::copy_n(x + first + i, count - i, rest);
      sum[1] = f(load(rest), sum[1]);
    }
    total += across((sum[0] + sum[1]) + (sum[2] + sum[3]));
  }
  return total;
}

Vec add(Vec v, Vec sum) { return sum + v; }
Vec add_square(Vec v, Vec sum) { return fma(v, v, sum); }

template <class F>
void slice_sum(int64_t n, int slice, const float* x, double* partials, const F& f) {
  int64_t slices = sum_slices(n), first = n * slice / slices, last = n * (slice + 1) / slices;
  partials[slice] = sum_of(x + first, last - first, f);
}

}  // namespace

int sum_rows_slices(int64_t M, int64_t N) {
  return static_cast<int>(std::clamp<int64_t>(std::min(M / kRun, M * N / kSliceFloats), 1, kMaxSlices));
}

int64_t sum_rows_partials(int64_t M, int64_t N) { return sum_rows_slices(M, N) * N; }

void sum_rows(int64_t M, int64_t N, int slice, const float* x, double* partials) {
  int64_t slices = sum_rows_slices(M, N), first = M * slice / slices, last = M * (slice + 1) / slices;
  double* to = partials + slice * N;
  std::fill_n(to, N, 0.0);
  for (int64_t m = first; m < last; m += kRun)
    for (int64_t n = 0; n < N; n += 8) add_columns(x + m * N + n, std::min(kRun, last - m), N, std::min<int64_t>(8, N - n), to + n);
}

void sum_rows_finish(int64_t M, int64_t N, const double* partials, float* out) {
  int slices = sum_rows_slices(M, N);
  for (int64_t n = 0; n < N; ++n) {
    double sum = 0;
    for (int i = 0; i < slices; ++i) sum += partials[i * N + n];
    out[n] = static_cast<float>(sum);
  }
}

void sum_columns(int64_t first, int64_t last, int64_t N, const float* x, float* out) {
  for (int64_t m = first; m < last; ++m) out[m] = static_cast<float>(sum_of(x + m * N, N, add));
}

int sum_slices(int64_t n) { return static_cast<int>(std::clamp<int64_t>(n / kSliceFloats, 1, kMaxSlices)); }
void sum_all(int64_t n, int slice, const float* x, double* partials) { slice_sum(n, slice, x, partials, add); }
void sum_squares(int64_t n, int slice, const float* x, double* partials) { slice_sum(n, slice, x, partials, add_square); }

double sum_finish(int64_t n, const double* partials) {
  double sum = 0;
  for (int i = 0; i < sum_slices(n); ++i) sum += partials[i];
  return sum;
}

}  // namespace synfire

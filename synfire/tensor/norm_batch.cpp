// Batch norm: statistics of slices of rows, taken relative to a first guess of the mean so that nothing cancels, then combined.
#include <algorithm>
#include <cmath>

#include "synfire/tensor/norm.h"
#include "synfire/tensor/vec.h"

namespace synfire {
namespace {

constexpr int64_t kRun = 128;  // rows that are added in float before the sums go to double

struct Rows {
  int64_t first, last;
};
Rows rows_of(int64_t M, int64_t C, int slice) {
  int64_t slices = batch_norm_slices(M, C);
  return {M * slice / slices, M * (slice + 1) / slices};
}

// A register of channels from p on, or fewer: the others read as 0.
Word load_channels(const float* p, int64_t channels) {
  if (channels >= kLanes) return load_word(p);
  float t[kLanes] = {};
  std::copy_n(p, channels, t);
  return load_word(t);
}
void store_channels(float* p, Word v, int64_t channels) {
  if (channels >= kLanes) return store_word(p, v);
  float t[kLanes];
  store_word(t, v);
  std::copy_n(t, channels, p);
}

// Calls f(row) for rows [first, last), so that it can be inlined into a loop with and without a full vector of channels.
// Adds the two running sums that f(row index) returns, in float over short runs, then to a and b in double.
template <class F>
inline __attribute__((always_inline)) void add_runs(Rows rows, const F& f, double* a, double* b) {
  for (int64_t m = rows.first; m < rows.last; m += kRun) {
    Word s[4] = {};
    int64_t end = std::min(rows.last, m + kRun), i = m;
    for (; i + 2 <= end; i += 2) f(i, s[0], s[1]), f(i + 1, s[2], s[3]);
    if (i < end) f(i, s[0], s[1]);
    s[0] += s[2], s[1] += s[3];
    for (int j = 0; j < kLanes; ++j) a[j] += static_cast<double>(s[0][j]), b[j] += static_cast<double>(s[1][j]);
  }
}

Word inv_std_of(const float* var, float eps, int64_t channels) {
  Word v = load_channels(var, channels), r;
  for (int i = 0; i < kLanes; ++i) r[i] = 1.f / std::sqrt(v[i] + eps);
  return r;
}

// y = x * scale + shift for one group of rows that stays in cache for the epilogue.
constexpr int64_t kPiece = 4096;  // floats
int64_t piece_rows(int64_t C) { return std::max<int64_t>(1, kPiece / C); }

}  // namespace

int batch_norm_slices(int64_t M, int64_t C) {
  return static_cast<int>(std::clamp<int64_t>(std::min(M / 16, M * C / 32768), 1, 32));
}

int64_t batch_norm_partials(int64_t M, int64_t C) { return batch_norm_slices(M, C) * 2 * C; }

// A slice leaves its mean [C] and its sum of squared differences from that mean [C].
void batch_norm_stats(int64_t M, int64_t C, int slice, const float* x, double* partials) {
  Rows rows = rows_of(M, C, slice);
  double *means = partials + slice * 2 * C, *squares = means + C, n = static_cast<double>(rows.last - rows.first);
  for (int64_t c = 0; c < C; c += kLanes) {
    int64_t channels = std::min<int64_t>(kLanes, C - c), few = std::min(rows.last, rows.first + 16);
    Word guess{};
    for (int64_t m = rows.first; m < few; ++m) guess += load_channels(x + m * C + c, channels);
    guess /= splat_word(static_cast<float>(std::max<int64_t>(1, few - rows.first)));
    double sum[kLanes] = {}, square[kLanes] = {};
    auto add = [&](Word v, Word& s, Word& q) __attribute__((always_inline)) {
      v -= guess;
      s += v, q = fma(v, v, q);
    };
    if (channels == kLanes) add_runs(rows, [&](int64_t m, Word& s, Word& q) __attribute__((always_inline)) { add(load_word(x + m * C + c), s, q); }, sum, square);
    else add_runs(rows, [&](int64_t m, Word& s, Word& q) { add(load_channels(x + m * C + c, channels), s, q); }, sum, square);
    for (int64_t i = 0; i < channels; ++i) {
      means[c + i] = static_cast<double>(guess[i]) + sum[i] / n;
      squares[c + i] = std::max(0.0, square[i] - sum[i] * sum[i] / n);
    }
  }
}

// Combines the slices one by one (Chan, Golub & LeVeque 1979).
void batch_norm_stats_finish(int64_t M, int64_t C, const double* partials, float* mean, float* var) {
  int slices = batch_norm_slices(M, C);
  for (int64_t c = 0; c < C; ++c) {
    double n = 0, total = 0, square = 0;
    for (int i = 0; i < slices; ++i) {
      Rows rows = rows_of(M, C, i);
      double k = static_cast<double>(rows.last - rows.first), delta = partials[i * 2 * C + c] - total;
      square += partials[i * 2 * C + C + c] + delta * delta * n * k / (n + k);
      total += delta * k / (n + k);
      n += k;
    }
    mean[c] = static_cast<float>(total);
    var[c] = static_cast<float>(square / n);
  }
}

void batch_norm_apply(int64_t M, int64_t C, float eps, int slice, const float* x, const float* mean, const float* var,
                      const float* gamma, const float* beta, float* y, const Epilogue& epilogue) {
  Rows rows = rows_of(M, C, slice);
  for (int64_t m = rows.first; m < rows.last; m += piece_rows(C)) {
    int64_t end = std::min(rows.last, m + piece_rows(C));
    for (int64_t c = 0; c < C; c += kLanes) {
      int64_t channels = std::min<int64_t>(kLanes, C - c);
      Word scale = load_channels(gamma + c, channels) * inv_std_of(var + c, eps, channels);
      Word center = load_channels(mean + c, channels), shift = load_channels(beta + c, channels);
      if (channels == kLanes) for (int64_t i = m; i < end; ++i) store_word(y + i * C + c, fma(load_word(x + i * C + c) - center, scale, shift));
      else for (int64_t i = m; i < end; ++i) store_channels(y + i * C + c, fma(load_channels(x + i * C + c, channels) - center, scale, shift), channels);
    }
    epilogue(y + m * C, m * C, (end - m) * C);
  }
}

// A slice leaves the sums [C] of dy and of dy times the normalised x.
void batch_norm_grad_stats(int64_t M, int64_t C, float eps, int slice, const float* x, const float* dy, const float* mean,
                           const float* var, double* partials) {
  Rows rows = rows_of(M, C, slice);
  for (int64_t c = 0; c < C; c += kLanes) {
    int64_t channels = std::min<int64_t>(kLanes, C - c);
    Word center = load_channels(mean + c, channels), inv_std = inv_std_of(var + c, eps, channels);
    double sum[kLanes] = {}, product[kLanes] = {};
    auto add = [&](Word v, Word g, Word& s, Word& q) __attribute__((always_inline)) { s += g, q = fma(v - center, g, q); };
    if (channels == kLanes)
      add_runs(rows, [&](int64_t m, Word& s, Word& q) __attribute__((always_inline)) { add(load_word(x + m * C + c), load_word(dy + m * C + c), s, q); }, sum, product);
    else
      add_runs(rows, [&](int64_t m, Word& s, Word& q) { add(load_channels(x + m * C + c, channels), load_channels(dy + m * C + c, channels), s, q); }, sum, product);
    for (int64_t i = 0; i < channels; ++i) {
      partials[slice * 2 * C + c + i] = sum[i];
      partials[slice * 2 * C + C + c + i] = product[i] * static_cast<double>(inv_std[i]);
    }
  }
}

void batch_norm_grad_finish(int64_t M, int64_t C, const double* partials, float* dgamma, float* dbeta) {
  int slices = batch_norm_slices(M, C);
  for (int64_t c = 0; c < C; ++c) {
    double sum = 0, product = 0;
    for (int i = 0; i < slices; ++i) sum += partials[i * 2 * C + c], product += partials[i * 2 * C + C + c];
    dbeta[c] = static_cast<float>(sum);
    dgamma[c] = static_cast<float>(product);
  }
}

// dx = gamma * inv_std * (dy - dbeta / M - (x - mean) * inv_std * dgamma / M)
void batch_norm_grad_apply(int64_t M, int64_t C, float eps, int slice, const float* x, const float* dy, const float* mean,
                           const float* var, const float* gamma, const float* dgamma, const float* dbeta, float* dx,
                           const Epilogue& epilogue) {
  Rows rows = rows_of(M, C, slice);
  Word share = splat_word(1.f / static_cast<float>(M));
  for (int64_t m = rows.first; m < rows.last; m += piece_rows(C)) {
    int64_t end = std::min(rows.last, m + piece_rows(C));
    for (int64_t c = 0; c < C; c += kLanes) {
      int64_t channels = std::min<int64_t>(kLanes, C - c);
      Word inv_std = inv_std_of(var + c, eps, channels), scale = load_channels(gamma + c, channels) * inv_std;
      Word center = load_channels(mean + c, channels), less = scale * load_channels(dbeta + c, channels) * share;
      Word slope = scale * load_channels(dgamma + c, channels) * share * inv_std;
      auto one = [&](Word v, Word g) __attribute__((always_inline)) { return fma(g, scale, -less) - slope * (v - center); };
      if (channels == kLanes)
        for (int64_t i = m; i < end; ++i) store_word(dx + i * C + c, one(load_word(x + i * C + c), load_word(dy + i * C + c)));
      else
        for (int64_t i = m; i < end; ++i) store_channels(dx + i * C + c, one(load_channels(x + i * C + c, channels), load_channels(dy + i * C + c, channels)), channels);
    }
    epilogue(dx + m * C, m * C, (end - m) * C);
  }
}

}  // namespace synfire

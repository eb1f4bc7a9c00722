// Layer norm: each row by its own mean and deviation, both taken while the row is in cache.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "synfire/tensor/norm.h"
#include "synfire/tensor/vec.h"

namespace synfire {
namespace {

float across(const Vec& v) { return ((v[0] + v[4]) + (v[1] + v[5])) + ((v[2] + v[6]) + (v[3] + v[7])); }

// f(load, store, i) is not needed: rows go by whole vectors, and the rest through a copy that is filled up with zeros.
struct Row {
  int64_t n;
  int64_t whole() const { return n / 8 * 8; }
  Vec rest(const float* p) const {  // what is left of p after the whole vectors
    float t[8] = {};
    std::copy_n(p + whole(), n - whole(), t);
    return load(t);
  }
  void put_rest(float* p, Vec v) const {
    float t[8];
    store(t, v);
    std::copy_n(t, n - whole(), p + whole());
  }
  // The sum of f(vector index i) over the row, four running sums side by side; f of the rest comes last.
  template <class F, class G>
  float sum(const F& f, const G& of_rest) const {
    Vec s[4] = {};
    int64_t i = 0;
    for (; i + 32 <= n; i += 32)
      for (int j = 0; j < 4; ++j) s[j] += f(i + j * 8);
    for (; i + 8 <= n; i += 8) s[0] += f(i);
    if (i < n) s[1] += of_rest();
    return across((s[0] + s[1]) + (s[2] + s[3]));
  }
};

}  // namespace

int layer_norm_slices(int64_t M, int64_t N) { return static_cast<int>(std::clamp<int64_t>(std::min(M, M * N / 16384), 1, 32)); }
int64_t layer_norm_partials(int64_t M, int64_t N) { return layer_norm_slices(M, N) * 4 * N; }

void layer_norm(int64_t M, int64_t N, float eps, int slice, const float* x, const float* gamma, const float* beta, float* y,
                float* mean, float* inv_std, const Epilogue& epilogue) {
  int64_t slices = layer_norm_slices(M, N);
  Row row{N};
  float share = 1.f / static_cast<float>(N);
  for (int64_t m = M * slice / slices; m < M * (slice + 1) / slices; ++m) {
    const float* in = x + m * N;
    float* out = y + m * N;
    mean[m] = share * row.sum([&](int64_t i) { return load(in + i); }, [&] { return row.rest(in); });
    Vec center = splat(mean[m]), mask{};
    for (int i = 0; i < 8; ++i) mask[i] = i < N - row.whole() ? 1.f : 0.f;
    auto square = [&](Vec v) { v -= center; return v * v; };
    float var = share * row.sum([&](int64_t i) { return square(load(in + i)); }, [&] { return square(row.rest(in)) * mask; });
    inv_std[m] = 1.f / std::sqrt(var + eps);
    Vec scale = splat(inv_std[m]), one = splat(1.f), zero{};
    for (int64_t i = 0; i < row.whole(); i += 8)
      store(out + i, fma((load(in + i) - center) * scale, gamma ? load(gamma + i) : one, beta ? load(beta + i) : zero));
    if (row.whole() < N)
      row.put_rest(out, fma((row.rest(in) - center) * scale, gamma ? row.rest(gamma) : one, beta ? row.rest(beta) : zero));
    epilogue(out, m * N, N);
  }
}

// With z = (x - mean) inv_std and g = dy gamma: dx = inv_std (g - mean(g) - z mean(g z)).
void layer_norm_grad(int64_t M, int64_t N, int slice, const float* x, const float* dy, const float* gamma, const float* mean,
                     const float* inv_std, float* dx, float* partials, const Epilogue& epilogue) {
  constexpr int64_t kRun = 64;  // rows whose parts of dgamma and dbeta are added before they join the slice's sums
  int64_t slices = layer_norm_slices(M, N), first = M * slice / slices, last = M * (slice + 1) / slices;
  Row row{N};
  float share = 1.f / static_cast<float>(N);
  float *total = partials ? partials + slice * 4 * N : nullptr, *run = total ? total + 2 * N : nullptr;  // dgamma, dbeta each
  if (total) std::memset(total, 0, size_t(4 * N) * 4);
  for (int64_t m = first; m < last; ++m) {
    const float *in = x + m * N, *g = dy + m * N;
    float* out = dx + m * N;
    Vec center = splat(mean[m]), scale = splat(inv_std[m]), one = splat(1.f);
    auto slope = [&](int64_t i) { return gamma ? load(g + i) * load(gamma + i) : load(g + i); };
    auto slope_rest = [&] { return row.rest(g) * (gamma ? row.rest(gamma) : one); };
    Vec bias = splat(share * row.sum(slope, slope_rest));
    Vec tilt = splat(share * row.sum([&](int64_t i) { return slope(i) * ((load(in + i) - center) * scale); },
                                     [&] { return slope_rest() * ((row.rest(in) - center) * scale); }));
    for (int64_t i = 0; i < row.whole(); i += 8) {
      Vec z = (load(in + i) - center) * scale, v = load(g + i);
      if (run) store(run + i, fma(z, v, load(run + i))), store(run + N + i, load(run + N + i) + v);
      store(out + i, scale * (slope(i) - bias - z * tilt));
    }
    if (row.whole() < N) {
      Vec z = (row.rest(in) - center) * scale, v = row.rest(g);
      if (run) row.put_rest(run, fma(z, v, row.rest(run))), row.put_rest(run + N, row.rest(run + N) + v);
      row.put_rest(out, scale * (slope_rest() - bias - z * tilt));
    }
    epilogue(out, m * N, N);
    if (run && ((m - first) % kRun == kRun - 1 || m + 1 == last)) {
      for (int64_t i = 0; i < 2 * N; ++i) total[i] += run[i];
      std::memset(run, 0, size_t(2 * N) * 4);
    }
  }
}

void layer_norm_grad_finish(int64_t M, int64_t N, const float* partials, float* dgamma, float* dbeta) {
  int slices = layer_norm_slices(M, N);
  for (int64_t n = 0; n < N; ++n) {
    float a = 0, b = 0;
    for (int i = 0; i < slices; ++i) a += partials[i * 4 * N + n], b += partials[i * 4 * N + N + n];
    dgamma[n] = a, dbeta[n] = b;
  }
}

}  // namespace synfire

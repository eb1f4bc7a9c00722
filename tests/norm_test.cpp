// Norms and reductions against plain loops in double; means far from zero must not cost digits.
#include "synfire/tensor/norm.h"

#include <gtest/gtest.h>

#include "synfire/tensor/reduce.h"
#include "tests/support/guarded.h"

namespace synfire {
namespace {

constexpr float kEps = 1e-5f;
const int64_t kShapes[][2] = {{1, 1}, {2, 3}, {5, 8}, {7, 17}, {33, 10}, {200, 16}, {1000, 40}, {5000, 33}, {20000, 16}, {64, 1024}};

// x with a mean of `offset` and a spread of about one half, different for every column.
std::vector<float> values(int64_t M, int64_t N, float offset) {
  std::vector<float> x = uniform(M * N, "x");
  for (int64_t i = 0; i < M * N; ++i) x[size_t(i)] = x[size_t(i)] * (0.5f + float(i % N) / float(N)) + offset;
  return x;
}

// Normalisation in double of `count` values that lie `stride` apart, and its gradient.
struct Oracle {
  double mean = 0, var = 0;
  std::vector<double> z, dx;
  double dgamma = 0, dbeta = 0;
};
// gamma, dy: of value i, as given by the callers.
template <class X, class G>
Oracle normalise(int64_t count, const X& x, const G& slope) {
  Oracle o;
  for (int64_t i = 0; i < count; ++i) o.mean += x(i) / double(count);
  for (int64_t i = 0; i < count; ++i) o.var += (x(i) - o.mean) * (x(i) - o.mean) / double(count);
  double inv_std = 1 / std::sqrt(o.var + double(kEps)), bias = 0, tilt = 0;
  for (int64_t i = 0; i < count; ++i) {
    o.z.push_back((x(i) - o.mean) * inv_std);
    bias += slope(i) / double(count), tilt += slope(i) * o.z.back() / double(count);
  }
  for (int64_t i = 0; i < count; ++i) o.dx.push_back(inv_std * (slope(i) - bias - o.z[size_t(i)] * tilt));
  return o;
}

TEST(BatchNorm, ForwardAndGradient) {
  for (auto [M, C] : kShapes)
    for (float offset : {0.f, 30.f}) {
      if (M < 3) continue;  // the variance of so few is all rounding
      SCOPED_TRACE(std::to_string(M) + " rows of " + std::to_string(C));
      std::vector<float> x = values(M, C, offset), dy = uniform(M * C, "dy"), gamma = uniform(C, "gamma"), beta = uniform(C, "beta");
      std::vector<double> want_mean, want_var, want_y(size_t(M * C)), want_dx(size_t(M * C)), want_dgamma(static_cast<size_t>(C)), want_dbeta(static_cast<size_t>(C));
      for (int64_t c = 0; c < C; ++c) {
        Oracle o = normalise(M, [&](int64_t m) { return double(x[size_t(m * C + c)]); }, [&](int64_t m) { return double(dy[size_t(m * C + c)]) * gamma[size_t(c)]; });
        want_mean.push_back(o.mean), want_var.push_back(o.var);
        for (int64_t m = 0; m < M; ++m) {
          size_t at = size_t(m * C + c);
          want_y[at] = o.z[size_t(m)] * gamma[size_t(c)] + beta[size_t(c)], want_dx[at] = o.dx[size_t(m)];
          want_dbeta[size_t(c)] += dy[at], want_dgamma[size_t(c)] += dy[at] * o.z[size_t(m)];
        }
      }
      int slices = batch_norm_slices(M, C);
      Guarded mean(C), var(C), dgamma(C), dbeta(C);
      std::vector<double> partials(size_t(batch_norm_partials(M, C)) + 8, 5.5);
      for (int i = slices - 1; i >= 0; --i) batch_norm_stats(M, C, i, x.data(), partials.data());
      batch_norm_stats_finish(M, C, partials.data(), mean.data(), var.data());
      expect_near(mean, want_mean, 1, "mean");
      expect_near(var, want_var, 1, "var");
      double length = offset > 0 ? 4000 : 40;  // x itself is rounded relative to its offset
      expect_near(both_orders(slices, M * C, 0, [&](int i, float* out, float*, const Epilogue& e) {
        batch_norm_apply(M, C, kEps, i, x.data(), mean.data(), var.data(), gamma.data(), beta.data(), out, e);
      }), want_y, length, "y");
      for (int i = slices - 1; i >= 0; --i) batch_norm_grad_stats(M, C, kEps, i, x.data(), dy.data(), mean.data(), var.data(), partials.data());
      batch_norm_grad_finish(M, C, partials.data(), dgamma.data(), dbeta.data());
      for (size_t i = partials.size() - 8; i < partials.size(); ++i) ASSERT_EQ(partials[i], 5.5);
      expect_near(dgamma, want_dgamma, double(M) + length, "dgamma");
      expect_near(dbeta, want_dbeta, double(M), "dbeta");
      expect_near(both_orders(slices, M * C, 0, [&](int i, float* out, float*, const Epilogue& e) {
        batch_norm_grad_apply(M, C, kEps, i, x.data(), dy.data(), mean.data(), var.data(), gamma.data(), dgamma.data(), dbeta.data(), out, e);
      }), want_dx, length, "dx");
    }
}

// 1e4 times farther from zero than its spread: E[x²] - E[x]² in float would leave no digit at all.
TEST(BatchNorm, VarianceFarFromZero) {
  constexpr int64_t M = 4096, C = 8;
  std::vector<float> x(M * C);
  for (int64_t i = 0; i < M * C; ++i) x[size_t(i)] = 4096.f + float((i / C) % 4) * 0.125f;
  std::vector<double> partials(size_t(batch_norm_partials(M, C)));
  std::vector<float> mean(C), var(C);
  for (int i = 0; i < batch_norm_slices(M, C); ++i) batch_norm_stats(M, C, i, x.data(), partials.data());
  batch_norm_stats_finish(M, C, partials.data(), mean.data(), var.data());
  for (int64_t c = 0; c < C; ++c) {
    EXPECT_EQ(mean[size_t(c)], 4096.1875f);
    EXPECT_NEAR(var[size_t(c)], 0.01953125, 1e-8);
  }
}

TEST(LayerNorm, ForwardAndGradient) {
  for (auto [N, M] : kShapes)
    for (float offset : {0.f, 30.f}) {
      if (N < 3) continue;
      SCOPED_TRACE(std::to_string(M) + " rows of " + std::to_string(N));
      std::vector<float> x = values(M, N, offset), dy = uniform(M * N, "dy"), gamma = uniform(N, "gamma"), beta = uniform(N, "beta");
      for (bool affine : {true, false}) {
        const float *g = affine ? gamma.data() : nullptr, *b = affine ? beta.data() : nullptr;
        std::vector<double> want_y, want_dx, want_dgamma(static_cast<size_t>(N)), want_dbeta(static_cast<size_t>(N));
        for (int64_t m = 0; m < M; ++m) {
          Oracle o = normalise(N, [&](int64_t n) { return double(x[size_t(m * N + n)]); }, [&](int64_t n) { return dy[size_t(m * N + n)] * (g ? double(g[n]) : 1); });
          for (int64_t n = 0; n < N; ++n) {
            want_y.push_back(o.z[size_t(n)] * (g ? g[n] : 1) + (b ? b[n] : 0)), want_dx.push_back(o.dx[size_t(n)]);
            want_dgamma[size_t(n)] += dy[size_t(m * N + n)] * o.z[size_t(n)], want_dbeta[size_t(n)] += dy[size_t(m * N + n)];
          }
        }
        int slices = layer_norm_slices(M, N);
        Guarded mean(M), inv_std(M), partials(layer_norm_partials(M, N)), dgamma(N), dbeta(N);
        double length = offset > 0 ? 4000 : 40;
        expect_near(both_orders(slices, M * N, 0, [&](int i, float* out, float*, const Epilogue& e) {
          layer_norm(M, N, kEps, i, x.data(), g, b, out, mean.data(), inv_std.data(), e);
        }), want_y, length, "y");
        expect_near(both_orders(slices, M * N, 0, [&](int i, float* out, float*, const Epilogue& e) {
          layer_norm_grad(M, N, i, x.data(), dy.data(), g, mean.data(), inv_std.data(), out, partials.data(), e);
        }), want_dx, length, "dx");
        layer_norm_grad_finish(M, N, partials.data(), dgamma.data(), dbeta.data());
        ASSERT_TRUE(mean.intact() && inv_std.intact() && partials.intact());
        expect_near(dgamma, want_dgamma, double(M) + length, "dgamma");
        expect_near(dbeta, want_dbeta, double(M), "dbeta");
      }
    }
}

TEST(Reduce, RowsColumnsAndAll) {
  for (auto [M, N] : kShapes) {
    SCOPED_TRACE(std::to_string(M) + " rows of " + std::to_string(N));
    std::vector<float> x = uniform(M * N, "x");
    std::vector<double> rows(static_cast<size_t>(N)), columns(static_cast<size_t>(M));
    double total = 0, squares = 0;
    for (int64_t i = 0; i < M * N; ++i) {
      double v = x[size_t(i)];
      rows[size_t(i % N)] += v, columns[size_t(i / N)] += v, total += v, squares += v * v;
    }
    std::vector<double> partials(size_t(sum_rows_partials(M, N)) + 8, 5.5);
    for (int i = sum_rows_slices(M, N) - 1; i >= 0; --i) sum_rows(M, N, i, x.data(), partials.data());
    for (size_t i = partials.size() - 8; i < partials.size(); ++i) ASSERT_EQ(partials[i], 5.5);
    Guarded out(N), sums(M);
    sum_rows_finish(M, N, partials.data(), out.data());
    expect_near(out, rows, double(M) / 4, "sums over rows");
    sum_columns(0, M / 2, N, x.data(), sums.data());
    sum_columns(M / 2, M, N, x.data(), sums.data());
    ASSERT_TRUE(sums.intact());
    expect_near(sums, columns, double(N) / 4, "sums over columns");
    std::vector<double> part(size_t(sum_slices(M * N)));
    for (int i = sum_slices(M * N) - 1; i >= 0; --i) sum_all(M * N, i, x.data(), part.data());
    EXPECT_NEAR(sum_finish(M * N, part.data()), total, 1e-6 * std::sqrt(double(M * N)) + 1e-6);
    for (int i = 0; i < sum_slices(M * N); ++i) sum_squares(M * N, i, x.data(), part.data());
    EXPECT_NEAR(sum_finish(M * N, part.data()), squares, 1e-6 * squares);
  }
}

}  // namespace
}  // namespace synfire

// The matrix kernels against a double loop and against OpenBLAS, at odd sizes, with guards around what they write.
#include "synfire/tensor/gemm.h"

#include <cblas.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "synfire/base/random.h"
#include "synfire/tensor/panels.h"

namespace synfire {
namespace {

constexpr int64_t kSizes[] = {1, 2, 3, 5, 6, 7, 15, 16, 17, 31, 33, 100};
constexpr float kGuard = 12345.5f;

std::vector<float> numbers(int64_t n, uint32_t stream) {
  std::vector<float> v(size_t(n), 0);
  Random random{7, stream, 0};
  for (size_t i = 0; i < v.size(); ++i) v[i] = random.uniform(i) - 0.5f;
  return v;
}

// Room for n floats between guards, NaN at first: what is not written shows.
struct Guarded {
  std::vector<float> all;
  explicit Guarded(int64_t n) : all(size_t(n) + 64, std::nanf("")) {
    std::fill_n(all.begin(), 32, kGuard), std::fill(all.end() - 32, all.end(), kGuard);
  }
  float* data() { return all.data() + 32; }
  void expect_whole() const {
    for (size_t i = 0; i < 32; ++i) ASSERT_TRUE(all[i] == kGuard && all[all.size() - 1 - i] == kGuard);
  }
};

struct Case { int64_t M, N, K; };
std::vector<Case> cases() {
  std::vector<Case> v;
  for (int64_t M : kSizes) for (int64_t N : kSizes) for (int64_t K : kSizes) v.push_back({M, N, K});
  for (Case c : {Case{64, 256, 784}, {130, 70, 500}, {1, 200, 1000}, {3, 40, 800}, {300, 10, 64}, {13, 8, 400}, {200, 100, 390}, {9, 7, 1}, {4, 1040, 1030}, {5, 40, 1024}, {600, 20, 900}, {200, 130, 50}, {100, 10, 403}, {50, 12, 37}, {9, 74, 65}, {700, 11, 810}, {64, 1, 130}, {21, 4, 9}}) v.push_back(c);
  return v;
}

std::vector<float> panels_of(const std::vector<float>& w, int64_t N, int64_t K) {
  std::vector<float> p(size_t((N + 15) / 16 * 16 * K));
  to_panels(w.data(), N, K, K, 1, p.data());
  return p;
}

void run_slices(const Case& c, const float* x, int64_t ldx, const float* w, const float* bias, float* y, int64_t ldy, const Epilogue& e = {}) {
  for (int i = 0; i < gemm_slices(c.M, c.N, c.K); ++i) gemm_panels(gemm_slice(c.M, c.N, c.K, i), c.N, c.K, x, ldx, w, bias, y, ldy, e);
}

TEST(Panels, round_trip_and_transpose) {
  for (int64_t N : kSizes)
    for (int64_t K : kSizes) {
      std::vector<float> w = numbers(N * K, 1), turned(w.size());
      for (int64_t n = 0; n < N; ++n) for (int64_t k = 0; k < K; ++k) turned[size_t(k * N + n)] = w[size_t(n * K + k)];
      int64_t floats = (N + 15) / 16 * 16 * K, turned_floats = (K + 15) / 16 * 16 * N;
      Guarded panels(floats), other(floats), back(N * K), out(turned_floats), mine(N * K);
      to_panels(w.data(), N, K, K, 1, panels.data());
      to_panels(turned.data(), N, K, 1, N, other.data());
      for (int64_t i = 0; i < floats; ++i) {
        int64_t n = i / (16 * K) * 16 + i % 16, k = i / 16 % K;
        ASSERT_EQ(panels.data()[i], n < N ? w[size_t(n * K + k)] : 0);
        ASSERT_EQ(other.data()[i], panels.data()[i]);
      }
      from_panels(panels.data(), N, K, back.data());
      ASSERT_EQ(0, std::memcmp(back.data(), w.data(), w.size() * 4));
      int64_t half = (K + 15) / 16 / 2;
      transpose_panels(panels.data(), N, K, out.data(), half, (K + 15) / 16);
      transpose_panels(panels.data(), N, K, out.data(), 0, half);
      std::vector<float> want = panels_of(turned, K, N);
      ASSERT_EQ(0, std::memcmp(out.data(), want.data(), want.size() * 4)) << N << " " << K;
      turn_matrix(w.data(), N, K, K, mine.data(), N);
      ASSERT_EQ(0, std::memcmp(mine.data(), turned.data(), turned.size() * 4));
      for (const Guarded* g : {&panels, &other, &back, &out, &mine}) g->expect_whole();
    }
}

TEST(Gemm, equals_a_double_loop) {
  for (const Case& c : cases()) {
    int64_t ldx = c.K + 3, ldy = c.N + 5;
    std::vector<float> x = numbers(c.M * ldx, 1), w = numbers(c.N * c.K, 2), bias = numbers(c.N, 3), panels = panels_of(w, c.N, c.K);
    Guarded y(c.M * ldy);
    run_slices(c, x.data(), ldx, panels.data(), bias.data(), y.data(), ldy);
    for (int64_t m = 0; m < c.M; ++m)
      for (int64_t n = 0; n < ldy; ++n) {
        float got = y.data()[m * ldy + n];
        if (n >= c.N) { ASSERT_TRUE(std::isnan(got)) << "written beyond the row"; continue; }
        double want = bias[size_t(n)];
        for (int64_t k = 0; k < c.K; ++k) want += double(x[size_t(m * ldx + k)]) * w[size_t(n * c.K + k)];
        ASSERT_NEAR(got, want, 1e-6 * (2 + std::sqrt(double(c.K)))) << c.M << " " << c.N << " " << c.K << " at " << m << " " << n;
      }
    y.expect_whole();
  }
}

TEST(Gemm, slices_cover_everything_once_and_change_no_bit) {
  struct Count { std::vector<int> seen; } count;
  Epilogue epilogue{[](const void* context, float*, int64_t offset, int64_t n) {
                      auto* c = static_cast<Count*>(const_cast<void*>(context));
                      for (int64_t i = 0; i < n; ++i) ++c->seen[size_t(offset + i)];
                    }, &count};
  for (const Case& c : cases()) {
    std::vector<float> x = numbers(c.M * c.K, 1), panels = panels_of(numbers(c.N * c.K, 2), c.N, c.K), one(size_t(c.M * c.N)), many = one;
    count.seen.assign(one.size(), 0);
    run_slices(c, x.data(), c.K, panels.data(), nullptr, many.data(), c.N, epilogue);
    ASSERT_EQ(std::count(count.seen.begin(), count.seen.end(), 1), c.M * c.N);
    for (int i = gemm_slices(c.M, c.N, c.K); i-- > 0;) ASSERT_LT(gemm_slice(c.M, c.N, c.K, i).m0, c.M);
    ASSERT_LE(gemm_slices(c.M, c.N, c.K), 16);
    gemm_panels({0, c.M, 0, (c.N + 15) / 16}, c.N, c.K, x.data(), c.K, panels.data(), nullptr, one.data(), c.N, {});
    ASSERT_EQ(0, std::memcmp(one.data(), many.data(), one.size() * 4)) << c.M << " " << c.N << " " << c.K;
    Guarded row(c.N);  // a row alone has the bits that it has among others
    gemm_panels({0, 1, 0, (c.N + 15) / 16}, c.N, c.K, x.data() + (c.M - 1) * c.K, c.K, panels.data(), nullptr, row.data(), c.N, {});
    ASSERT_EQ(0, std::memcmp(row.data(), one.data() + (c.M - 1) * c.N, size_t(c.N) * 4));
  }
}

TEST(Gemm, epilogue_sees_finished_values) {
  Case c{200, 70, 800};
  std::vector<float> x = numbers(c.M * c.K, 1), panels = panels_of(numbers(c.N * c.K, 2), c.N, c.K), plain(size_t(c.M * c.N)), doubled = plain;
  run_slices(c, x.data(), c.K, panels.data(), nullptr, plain.data(), c.N);
  Epilogue epilogue{[](const void*, float* v, int64_t, int64_t n) { for (int64_t i = 0; i < n; ++i) v[i] *= 2; }, nullptr};
  run_slices(c, x.data(), c.K, panels.data(), nullptr, doubled.data(), c.N, epilogue);
  for (size_t i = 0; i < plain.size(); ++i) ASSERT_EQ(doubled[i], 2 * plain[i]);
}

struct Collected { std::vector<float> dw; std::vector<int> seen; };

// All slices of a weight gradient; collected: what the epilogue saw.
void weight_gradient(const Case& c, const float* x, const float* dy, float* dw, Collected* collected, int parts) {
  int64_t slivers = (c.K + 5) / 6;
  std::vector<float> scratch(size_t(weight_grad_scratch(c.M)));
  Guarded packed(sliver_floats(c.M, c.K));
  if (weight_grad_packs(c.M, c.N, c.K))
    for (int i = parts; i-- > 0;) pack_slivers(c.M, c.K, x, c.K, packed.data(), slivers * i / parts, slivers * (i + 1) / parts);
  Epilogue epilogue;
  if (collected) epilogue = {[](const void* context, float* v, int64_t offset, int64_t n) {
                               auto* to = static_cast<Collected*>(const_cast<void*>(context));
                               std::copy_n(v, n, to->dw.begin() + offset);
                               for (int64_t i = 0; i < n; ++i) ++to->seen[size_t(offset + i)];
                             }, collected};
  for (int i = weight_grad_slices(c.N, c.K); i-- > 0;)
    weight_grad(i, c.M, c.N, c.K, x, c.K, packed.data(), dy, c.N, dw, scratch.data(), epilogue);
  packed.expect_whole();
}

TEST(WeightGrad, equals_a_double_loop) {
  std::vector<Case> all = cases();
  for (Case c : {Case{520, 20, 200}, {1030, 150, 300}, {300, 10, 130}, {257, 12, 50}, {257, 13, 50}}) all.push_back(c);
  for (const Case& c : all) {
    std::vector<float> x = numbers(c.M * c.K, 1), dy = numbers(c.M * c.N, 2);
    int64_t floats = (c.N + 15) / 16 * 16 * c.K;
    Guarded dw(floats);
    weight_gradient(c, x.data(), dy.data(), dw.data(), nullptr, 1);
    for (int64_t i = 0; i < floats; ++i) {
      int64_t n = i / (16 * c.K) * 16 + i % 16, k = i / 16 % c.K;
      double want = 0;
      if (n < c.N) for (int64_t m = 0; m < c.M; ++m) want += double(x[size_t(m * c.K + k)]) * dy[size_t(m * c.N + n)];
      ASSERT_NEAR(dw.data()[i], want, 1e-6 * (2 + std::sqrt(double(c.M)))) << c.M << " " << c.N << " " << c.K << " at " << n << " " << k;
    }
    dw.expect_whole();
    Collected seen{std::vector<float>(size_t(floats)), std::vector<int>(size_t(floats))};  // without memory for dw, packed by three
    weight_gradient(c, x.data(), dy.data(), nullptr, &seen, 3);
    ASSERT_EQ(0, std::memcmp(seen.dw.data(), dw.data(), size_t(floats) * 4));
    ASSERT_EQ(std::count(seen.seen.begin(), seen.seen.end(), 1), floats);
  }
}

TEST(Gemm, general_product_equals_openblas) {
  openblas_set_num_threads(1);
  for (const Case& c : cases())
    for (int form = 0; form < 4; ++form) {
      bool ta = form & 1, tb = form & 2;
      int64_t lda = (ta ? c.M : c.K) + 1, ldb = (tb ? c.K : c.N) + 2;
      std::vector<float> a = numbers((ta ? c.K : c.M) * lda, 1), b = numbers((tb ? c.N : c.K) * ldb, 2), want(size_t(c.M * c.N));
      Guarded y(c.M * c.N), scratch(gemm_scratch(c.M, c.N, c.K, ta));
      gemm(ta, tb, c.M, c.N, c.K, a.data(), lda, b.data(), ldb, nullptr, y.data(), c.N, scratch.data());
      cblas_sgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, int(c.M), int(c.N), int(c.K), 1, a.data(), int(lda),
                  b.data(), int(ldb), 0, want.data(), int(c.N));
      for (size_t i = 0; i < want.size(); ++i)
        ASSERT_NEAR(y.data()[i], want[i], 2e-6 * (2 + std::sqrt(double(c.K)))) << c.M << " " << c.N << " " << c.K << " form " << form;
      y.expect_whole(), scratch.expect_whole();
    }
}

}  // namespace
}  // namespace synfire

// Products by events beside whole ones: the same bits where no column stands alone. (Weight gradients: the samples of the op matmul.)
#include "synfire/tensor/events.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "synfire/base/random.h"
#include "synfire/tensor/panels.h"

namespace synfire {
namespace {

std::vector<float> numbers(int64_t n, const char* stream, double filled = 1) {
  Random r{3, stream_of(stream), 0};
  std::vector<float> v(static_cast<size_t>(n));
  for (size_t i = 0; i < v.size(); ++i) v[i] = r.uniform(v.size() + i) < filled ? 2 * r.uniform(i) - 1 : 0;
  return v;
}

TEST(Events, SameBitsAsAWholeProduct) {
  for (int64_t K : {30, 400, 401, 1300})
    for (int64_t M : {1, 3, 40}) {
      constexpr int64_t N = 176;
      std::vector<float> x = numbers(M * K, "x", 0.05), w = numbers(N * K, "w"), bias = numbers(N, "bias"), panels(static_cast<size_t>(N * K)), dense(static_cast<size_t>(M * N)), sparse(dense);
      to_panels(w.data(), N, K, K, 1, panels.data());
      std::vector<std::byte> memory(static_cast<size_t>(Events::bytes(M, K)));
      Events events(M, K, memory.data());
      events.gather(x.data(), 0, M);
      ASSERT_TRUE(events.sparse(0, M));
      GemmSlice all{0, M, 0, N / 16};
      gemm_panels(all, N, K, x.data(), K, panels.data(), bias.data(), dense.data(), N, {});
      events_panels(all, N, events, panels.data(), bias.data(), sparse.data(), N, {});
      EXPECT_EQ(dense, sparse) << M << " rows of " << K;
    }
}

TEST(Events, WhatDoesNotFitIsSaid) {
  constexpr int64_t K = 90;
  std::vector<float> x = numbers(2 * K, "x");
  std::fill(x.begin() + K, x.end(), 0.f);
  std::vector<std::byte> memory(static_cast<size_t>(Events::bytes(2, K)));
  Events events(2, K, memory.data());
  events.gather(x.data(), 0, 2);
  EXPECT_FALSE(events.sparse(0, 1));
  EXPECT_FALSE(events.sparse(0, 2));
  EXPECT_TRUE(events.sparse(1, 2));
}

}  // namespace
}  // namespace synfire

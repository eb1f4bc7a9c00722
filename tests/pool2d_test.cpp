// Pools against plain loops: overlapping windows, padding, odd channels, ties and NaN.
#include "synfire/tensor/pool2d.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <limits>

#include "tests/support/guarded.h"

namespace synfire {
namespace {

std::string str(const PoolShape& s) {
  char t[200];
  std::snprintf(t, sizeof t, "N %ld %ldx%ldx%ld, window %ldx%ld, stride %ld %ld, pad %ld %ld %ld %ld", s.N, s.H, s.W, s.C, s.KH, s.KW, s.SH, s.SW, s.PT,
                s.PL, s.PB, s.PR);
  return t;
}

std::vector<PoolShape> shapes() {
  std::vector<PoolShape> list;
  for (int64_t C : {1, 3, 8, 16, 20})
    for (int64_t W : {5, 7, 8}) {
      list.push_back({2, 6, W, C, 2, 2, 2, 2});
      list.push_back({2, W, 6, C, 2, 2, 2, 2});
      list.push_back({2, 7, W, C, 3, 3, 2, 2, 1, 1, 1, 1});
      list.push_back({1, W, 5, C, 3, 2, 1, 1, 0, 1, 1, 0});
      list.push_back({1, W, 9, C, 2, 3, 3, 4});
      list.push_back({1, W, 4, C, 3, 3, 1, 2, 2, 0, 1, 2});
    }
  list.push_back({9, 28, 28, 16, 2, 2, 2, 2});
  list.push_back({9, 28, 27, 16, 3, 3, 2, 2, 1, 1, 1, 1});
  return list;
}

// Calls f(y index, x index, place in the window) for every element that a window holds.
template <class F>
void for_windows(const PoolShape& s, const F& f) {
  for (int64_t n = 0; n < s.N; ++n)
    for (int64_t oh = 0; oh < s.OH(); ++oh)
      for (int64_t ow = 0; ow < s.OW(); ++ow)
        for (int64_t k = 0; k < s.KH * s.KW; ++k) {
          int64_t h = oh * s.SH - s.PT + k / s.KW, w = ow * s.SW - s.PL + k % s.KW;
          if (h < 0 || w < 0 || h >= s.H || w >= s.W) continue;
          for (int64_t c = 0; c < s.C; ++c) f(((n * s.OH() + oh) * s.OW() + ow) * s.C + c, ((n * s.H + h) * s.W + w) * s.C + c, k);
        }
}

struct Sizes {
  int64_t x, y;
  explicit Sizes(const PoolShape& s) : x(s.N * s.H * s.W * s.C), y(s.N * s.OH() * s.OW() * s.C) {}
};

TEST(Pool, Max) {
  for (const PoolShape& s : shapes()) {
    SCOPED_TRACE(str(s));
    Sizes n(s);
    std::vector<float> x = uniform(n.x, "x"), dy = uniform(n.y, "dy"), other = uniform(n.x, "other");
    for (float& v : x) v = std::round(v * 8) / 8;  // so that there are ties
    std::vector<double> want(size_t(n.y), -std::numeric_limits<double>::infinity()), grad(static_cast<size_t>(n.x)), gather(static_cast<size_t>(n.y));
    std::vector<int> place(static_cast<size_t>(n.y));
    std::vector<int64_t> from(size_t(n.y), -1);
    for_windows(s, [&](int64_t y, int64_t at, int64_t k) {
      if (x[size_t(at)] > want[size_t(y)]) want[size_t(y)] = x[size_t(at)], place[size_t(y)] = int(k), from[size_t(y)] = at;
    });
    for (int64_t i = 0; i < n.y; ++i)
      if (from[size_t(i)] >= 0) grad[size_t(from[size_t(i)])] += dy[size_t(i)], gather[size_t(i)] = other[size_t(from[size_t(i)])];

    std::vector<uint8_t> argmax(size_t(n.y + 64), 77);
    int slices = pool2d_slices(s);
    Guarded y = both_orders(slices, n.y, 0, [&](int i, float* out, float*, const Epilogue& e) { max_pool2d(s, i, x.data(), out, argmax.data(), e); });
    for (int64_t i = 0; i < n.y; ++i) {
      ASSERT_EQ(y[i], want[size_t(i)]) << i;
      ASSERT_EQ(argmax[size_t(i)], place[size_t(i)]) << i;
    }
    for (int64_t i = n.y; i < n.y + 64; ++i) ASSERT_EQ(argmax[size_t(i)], 77);
    Guarded without = both_orders(slices, n.y, 0, [&](int i, float* out, float*, const Epilogue& e) { max_pool2d(s, i, x.data(), out, nullptr, e); });
    ASSERT_EQ(std::memcmp(y.data(), without.data(), size_t(n.y) * 4), 0);
    expect_near(both_orders(slices, n.x, 0, [&](int i, float* out, float*, const Epilogue& e) { max_pool2d_grad(s, i, dy.data(), argmax.data(), out, e); }),
                grad, 9, "dx");
    expect_near(both_orders(slices, n.y, 0, [&](int i, float* out, float*, const Epilogue& e) { max_pool2d_gather(s, i, other.data(), argmax.data(), out, e); }),
                gather, 1, "gathered");
  }
}

TEST(Pool, NanWinsTheMaximum) {
  for (int64_t C : {3, 8})
    for (int64_t at = 0; at < 4; ++at) {
      std::vector<float> x(size_t(4 * C), 1.f), y(static_cast<size_t>(C));
      std::vector<uint8_t> argmax(static_cast<size_t>(C));
      x[size_t(at * C + 1)] = NAN;
      max_pool2d({1, 2, 2, C, 2, 2, 2, 2}, 0, x.data(), y.data(), argmax.data(), {});
      EXPECT_TRUE(std::isnan(y[1]));
      EXPECT_EQ(argmax[1], at);
      EXPECT_EQ(y[0], 1.f);
      EXPECT_EQ(argmax[0], 0);
    }
}

TEST(Pool, Average) {
  for (const PoolShape& s : shapes())
    for (bool count_pad : {true, false}) {
      SCOPED_TRACE(str(s));
      Sizes n(s);
      std::vector<float> x = uniform(n.x, "x"), dy = uniform(n.y, "dy");
      std::vector<double> sum(static_cast<size_t>(n.y)), count(size_t(n.y), 0), grad(static_cast<size_t>(n.x));
      for_windows(s, [&](int64_t y, int64_t at, int64_t) { sum[size_t(y)] += x[size_t(at)], count[size_t(y)] += 1; });
      for (double& c : count) c = count_pad ? double(s.KH * s.KW) : std::max(c, 1.0);
      for_windows(s, [&](int64_t y, int64_t at, int64_t) { grad[size_t(at)] += dy[size_t(y)] / count[size_t(y)]; });
      for (size_t i = 0; i < sum.size(); ++i) sum[i] /= count[i];
      int slices = pool2d_slices(s);
      expect_near(both_orders(slices, n.y, 0, [&](int i, float* out, float*, const Epilogue& e) { avg_pool2d(s, count_pad, i, x.data(), out, e); }), sum, 9, "y");
      expect_near(both_orders(slices, n.x, 0, [&](int i, float* out, float*, const Epilogue& e) { avg_pool2d_grad(s, count_pad, i, dy.data(), out, e); }), grad,
                  9, "dx");
    }
}

TEST(Pool, GlobalAverage) {
  for (int64_t N : {1, 3, 70})
    for (int64_t pixels : {1, 7, 64})
      for (int64_t C : {1, 10, 16, 67}) {
        std::vector<float> x = uniform(N * pixels * C, "x"), dy = uniform(N * C, "dy");
        std::vector<double> want(size_t(N * C)), grad(size_t(N * pixels * C));
        for (int64_t i = 0; i < N * pixels * C; ++i) {
          int64_t y = i / (pixels * C) * C + i % C;
          want[size_t(y)] += x[size_t(i)] / double(pixels), grad[size_t(i)] = dy[size_t(y)] / double(pixels);
        }
        int slices = global_avg_pool_slices(N, pixels, C);
        expect_near(both_orders(slices, N * C, 0, [&](int i, float* out, float*, const Epilogue& e) { global_avg_pool(N, pixels, C, i, x.data(), out, e); }),
                    want, 1, "y");
        expect_near(both_orders(slices, N * pixels * C, 0, [&](int i, float* out, float*, const Epilogue& e) { global_avg_pool_grad(N, pixels, C, i, dy.data(), out, e); }),
                    grad, 1, "dx");
      }
}

}  // namespace
}  // namespace synfire

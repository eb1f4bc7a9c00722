// Convolutions against plain loops in double, over shapes that hit every border of the kernels: overruns, order of slices, epilogues.
#include <cstdio>
#include "synfire/tensor/conv.h"

#include <gtest/gtest.h>

#include "synfire/tensor/panels.h"
#include "tests/support/guarded.h"

namespace synfire {
namespace {

std::string str(const ConvShape& s) {
  char t[200];
  std::snprintf(t, sizeof t, "N %ld %ldx%ldx%ld -> %ld, window %ldx%ld, stride %ld %ld, pad %ld %ld %ld %ld, groups %ld", s.N, s.H, s.W, s.C, s.OC,
                s.KH, s.KW, s.SH, s.SW, s.PT, s.PL, s.PB, s.PR, s.groups);
  return t;
}

// Calls f(y index, x index, w index) for every product of a convolution; w is [OC, KH*KW*C/groups] in rows.
template <class F>
void for_products(const ConvShape& s, const F& f) {
  int64_t Cg = s.C / s.groups, OCg = s.OC / s.groups;
  for (int64_t n = 0; n < s.N; ++n)
    for (int64_t oh = 0; oh < s.OH(); ++oh)
      for (int64_t ow = 0; ow < s.OW(); ++ow)
        for (int64_t o = 0; o < s.OC; ++o)
          for (int64_t kh = 0; kh < s.KH; ++kh)
            for (int64_t kw = 0; kw < s.KW; ++kw) {
              int64_t h = oh * s.SH - s.PT + kh, w = ow * s.SW - s.PL + kw;
              if (h < 0 || w < 0 || h >= s.H || w >= s.W) continue;
              for (int64_t c = 0; c < Cg; ++c)
                f(((n * s.OH() + oh) * s.OW() + ow) * s.OC + o, ((n * s.H + h) * s.W + w) * s.C + o / OCg * Cg + c,
                  o * s.K() + (kh * s.KW + kw) * Cg + c);
            }
}

struct Problem {
  ConvShape s;
  int64_t xs = s.N * s.H * s.W * s.C, ys = s.N * s.OH() * s.OW() * s.OC, ws = s.OC * s.K();
  std::vector<float> x = uniform(xs, "x"), w = uniform(ws, "w"), dy = uniform(ys, "dy"), bias = uniform(s.OC, "bias");
  std::vector<float> panels = std::vector<float>(size_t((s.OC + 15) / 16 * 16 * s.K()));
};

void check_forward(Problem& p) {
  const ConvShape& s = p.s;
  std::vector<double> want(static_cast<size_t>(p.ys));
  for (int64_t i = 0; i < p.ys; ++i) want[size_t(i)] = p.bias[size_t(i % s.OC)];
  for_products(s, [&](int64_t y, int64_t x, int64_t w) { want[size_t(y)] += double(p.x[size_t(x)]) * p.w[size_t(w)]; });
  Guarded ready(conv2d_ready_floats(s));
  if (ready.n) for (int i = 2; i >= 0; --i) conv2d_ready_weights(s, p.panels.data(), ready.data(), i, 3);
  ASSERT_TRUE(ready.intact());
  const float* w = ready.n ? ready.data() : p.panels.data();
  Guarded y = both_orders(conv2d_slices(s), p.ys, conv2d_scratch(s), [&](int i, float* out, float* scratch, const Epilogue& e) {
    conv2d_forward(s, i, p.x.data(), w, p.bias.data(), out, scratch, e);
  });
  expect_near(y, want, double(s.K()), "y");
}

void check_input_grad(Problem& p) {
  const ConvShape& s = p.s;
  std::vector<double> want(static_cast<size_t>(p.xs));
  for_products(s, [&](int64_t y, int64_t x, int64_t w) { want[size_t(x)] += double(p.dy[size_t(y)]) * p.w[size_t(w)]; });
  Guarded flipped(conv2d_flipped_floats(s));
  for (int i = 2; i >= 0; --i) conv2d_flip_weights(s, p.panels.data(), flipped.data(), i, 3);
  ASSERT_TRUE(flipped.intact());
  Guarded dx = both_orders(conv2d_input_grad_slices(s), p.xs, conv2d_scratch(s), [&](int i, float* out, float* scratch, const Epilogue& e) {
    conv2d_input_grad(s, i, p.dy.data(), flipped.data(), out, scratch, e);
  });
  expect_near(dx, want, double(s.K()), "dx");
}

void check_weight_grad(Problem& p) {
  const ConvShape& s = p.s;
  std::vector<double> rows(static_cast<size_t>(p.ws)), db(static_cast<size_t>(s.OC));
  for_products(s, [&](int64_t y, int64_t x, int64_t w) { rows[size_t(w)] += double(p.dy[size_t(y)]) * p.x[size_t(x)]; });
  for (int64_t i = 0; i < p.ys; ++i) db[size_t(i % s.OC)] += p.dy[size_t(i)];
  std::vector<double> want(p.panels.size());
  for (int64_t n = 0; n < s.OC; ++n)
    for (int64_t k = 0; k < s.K(); ++k) want[size_t((n / 16 * s.K() + k) * 16 + n % 16)] = rows[size_t(n * s.K() + k)];

  Guarded partials = [&] {
    Guarded a(int64_t(conv2d_weight_grad_partials(s) / 4)), b(a.n), scratch(int64_t(conv2d_scratch(s) / 4) + 16);
    auto* aligned = reinterpret_cast<float*>((reinterpret_cast<uintptr_t>(scratch.data()) + 63) / 64 * 64);
    int slices = conv2d_weight_grad_slices(s);
    for (int i = 0; i < slices; ++i) conv2d_weight_grad(s, i, p.x.data(), p.dy.data(), a.data(), aligned);
    for (int i = slices - 1; i >= 0; --i) conv2d_weight_grad(s, i, p.x.data(), p.dy.data(), b.data(), aligned);
    EXPECT_TRUE(a.intact() && b.intact() && scratch.intact());
    EXPECT_EQ(std::memcmp(a.data(), b.data(), size_t(a.n) * 4), 0);
    return a;
  }();
  double length = double(s.N * s.OH() * s.OW());
  Guarded dw = both_orders(3, int64_t(want.size()), conv2d_scratch(s), [&](int i, float* out, float* scratch, const Epilogue& e) {
    conv2d_weight_grad_finish(s, i, 3, partials.data(), out, scratch, e);
  });
  expect_near(dw, want, length, "dw");
  Seen seen(int64_t(want.size()));  // nobody wants dw itself
  std::vector<float> scratch(conv2d_scratch(s) / 4);
  for (int i = 0; i < 2; ++i) conv2d_weight_grad_finish(s, i, 2, partials.data(), nullptr, scratch.data(), seen.epilogue());
  seen.expect_once(dw.data());
  Guarded got(s.OC);
  conv2d_bias_grad_finish(s, partials.data(), got.data());
  expect_near(got, db, length, "db");
}

void check(const ConvShape& s) {
  SCOPED_TRACE(str(s));
  ASSERT_GT(s.OH(), 0);
  ASSERT_GT(s.OW(), 0);
  Problem p{s};
  to_panels(p.w.data(), s.OC, s.K(), s.K(), 1, p.panels.data());
  check_forward(p);
  check_input_grad(p);
  check_weight_grad(p);
}

ConvShape square(int64_t N, int64_t H, int64_t C, int64_t OC, int64_t K, int64_t S, int64_t P, int64_t groups = 1) {
  return {N, H, H, C, OC, K, K, S, S, P, P, P, P, groups};
}

TEST(Conv, EveryChannelCount) {
  for (int64_t C : {1, 3, 5, 16, 17})
    for (int64_t OC : {1, 10, 16, 20, 40}) check(square(2, 7, C, OC, 3, 1, 1));
}

TEST(Conv, EveryWidthStrideAndPadding) {
  for (int64_t W : {5, 7, 8, 14})
    for (int64_t stride : {1, 2, 3})
      for (int64_t pad : {0, 1, 2}) {
        check({2, 6, W, 5, 20, 3, 3, stride, stride, pad, 2 - pad, pad / 2, pad, 1});
        check({1, W, 9, 3, 16, 2, 5, stride, 1, 0, pad, pad, pad, 1});
        check({3, W, W, 16, 10, 1, 1, stride, stride, pad, 0, 0, pad, 1});
      }
}

TEST(Conv, Groups) {
  check(square(2, 7, 6, 9, 3, 1, 1, 3));
  check(square(2, 8, 8, 40, 3, 2, 1, 2));
  check(square(1, 8, 32, 32, 3, 1, 1, 2));
  check(square(2, 5, 34, 64, 3, 2, 0, 2));
  check(square(2, 6, 5, 10, 3, 1, 1, 5));
  check({2, 18, 6, 4, 4, 17, 3, 1, 1, 0, 1, 0, 1, 4});
}

TEST(Conv, Depthwise) {
  for (int64_t C : {3, 8, 16, 17, 20, 40})
    for (int64_t stride : {1, 2, 3}) {
      check(square(2, 7, C, C, 3, stride, 1, C));
      check({2, 5, 8, C, C, 3, 3, stride, stride, 0, 2, 1, 0, C});
    }
  check(square(2, 9, 24, 24, 5, 1, 2, 24));
  check(square(2, 9, 24, 24, 5, 2, 2, 24));
  check(square(3, 6, 16, 16, 1, 2, 0, 16));
  check(square(3, 2, 16, 16, 3, 1, 1, 16));
  check({1, 6, 1, 9, 9, 4, 1, 2, 1, 1, 0, 2, 0, 9});
  check(square(20, 16, 32, 32, 3, 1, 1, 32));
}

TEST(Conv, ManyBlocksAndSlices) {
  check(square(5, 4, 20, 20, 3, 1, 1));      // several images a block
  check(square(33, 8, 16, 32, 3, 2, 1));
  check(square(1, 40, 8, 24, 3, 1, 1));      // several blocks an image
  check(square(1, 41, 16, 24, 3, 2, 1));
  check({2, 90, 70, 16, 16, 3, 3, 3, 2, 1, 2, 0, 1, 1});
  check(square(20, 14, 8, 48, 5, 1, 2));
  check(square(2, 28, 1, 32, 5, 1, 2));
}

TEST(Conv, EveryNumberOfPanelsAndLengthOfRow) {  // tiles of one, two and four panels; windows that slide along rows
  for (int64_t OC : {16, 32, 48, 64, 77, 112}) check(square(2, 9, 10, OC, 3, 1, 1)), check(square(3, 6, 12, OC, 2, 1, 0));
  for (int64_t W : {8, 9, 15, 16, 17, 18, 25, 33, 40}) check({2, 4, W, W % 7 + 1, 14, 3, 3, 1, 1, 1, 1, 1, 1, 1});
  check({2, 5, 9, 22, 32, 3, 3, 1, 1, 0, 0, 1, 2, 2});
  check({1, 3, 200, 11, 16, 2, 3, 1, 1, 1, 1, 0, 1, 1});
  check({1, 3, 20, 16, 16, 3, 3, 2, 1, 1, 1, 0, 1, 1});
}

TEST(Conv, ThreePixelsMovedByOne) {  // by Winograd, where there are panels of channels and even rows
  for (int64_t C : {16, 32, 48})
    for (int64_t OC : {16, 32, 64, 80}) check(square(3, 8, C, OC, 3, 1, 1));
  for (int64_t left : {0, 1, 2})
    for (int64_t right : {0, 1, 2}) check({4, 7, 10 - left - right, 16, 16, 3, 3, 1, 1, left, left, right, right, 1}), check({2, 9, 12 - left - right, 16, 48, 5, 3, 1, 1, 4, left, 0, right, 1});
  check({5, 13, 2, 32, 16, 1, 3, 1, 1, 0, 1, 0, 1, 1});
  check({1, 40, 30, 48, 32, 3, 3, 1, 1, 1, 1, 1, 1, 1});  // several blocks an image, the last one smaller
  check({1, 210, 2, 16, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1});
  check(square(33, 8, 16, 64, 3, 1, 1));
}

TEST(Conv, WindowLargerThanStrideAndImage) {
  check(square(2, 4, 3, 5, 7, 1, 3));
  check(square(2, 4, 3, 5, 4, 4, 0));
  check(square(2, 9, 3, 5, 2, 3, 0));  // pixels that no window sees
  check({2, 1, 1, 4, 4, 1, 1, 1, 1, 0, 0, 0, 0, 1});
}

}  // namespace
}  // namespace synfire

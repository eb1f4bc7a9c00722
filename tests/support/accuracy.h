// Accuracy of the float functions of vector_math.h, as a header so that it can be compiled with and without fused multiply-add.
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "synfire/tensor/dual.h"

namespace synfire::accuracy {

constexpr int kPoints = 1000000;
constexpr float kInf = std::numeric_limits<float>::infinity(), kNan = std::numeric_limits<float>::quiet_NaN();

// Distance in units of the last place of the float nearest to `want`, which is a normal number.
inline double ulps(float got, double want) {
  int exponent;
  std::frexp(want, &exponent);
  return std::abs(got - want) / std::ldexp(1.0, std::max(exponent, -125) - 24);
}

// Largest error of f against the double function g, at evenly spaced points or, when `log_spaced`, at geometric ones of both signs.
template <class F, class G>
void expect_ulps(const char* name, F f, G g, double low, double high, double limit, bool log_spaced = false) {
  double worst = 0, at = 0;
  for (int i = 0; i < kPoints; ++i) {
    double t = double(i) / kPoints;
    float x = float(log_spaced ? low * std::pow(high / low, t) : low + (high - low) * t);
    double u = ulps(f(x), g(double(x)));
    if (!(u <= worst)) worst = u, at = x;
  }
  EXPECT_LE(worst, limit) << name << " at " << at;
}

inline void check_accuracy() {
  auto exp = [](float x) { return math::exp(x); };
  auto log = [](float x) { return math::log(x); };
  auto tanh = [](float x) { return math::tanh(x); };
  auto erf = [](float x) { return math::erf(x); };
  auto d_exp = [](double x) { return std::exp(x); };
  auto d_log = [](double x) { return std::log(x); };
  auto d_tanh = [](double x) { return std::tanh(x); };
  auto d_erf = [](double x) { return std::erf(x); };
  expect_ulps("exp", exp, d_exp, -87, 88.72, 1.1);
  expect_ulps("exp", exp, d_exp, -1, 1, 1.1);
  expect_ulps("log", log, d_log, 1.2e-38, 3e38, 1.1, true);
  expect_ulps("log", log, d_log, 0.5, 2, 1.1);
  expect_ulps("tanh", tanh, d_tanh, -10, 10, 1.5);
  expect_ulps("tanh", tanh, d_tanh, 1e-30, 1, 1.5, true);
  expect_ulps("erf", erf, d_erf, -5, 5, 1.5);
  expect_ulps("erf", erf, d_erf, 1e-30, 1, 1.5, true);
  expect_ulps("sigmoid", [](float x) { return math::sigmoid(x); }, [](double x) { return 1 / (1 + std::exp(-x)); }, -87, 30, 3);
  expect_ulps("log1p", [](float x) { return math::log1p(x); }, [](double x) { return std::log1p(x); }, -0.99, 10, 3);
  expect_ulps("log1p", [](float x) { return math::log1p(x); }, [](double x) { return std::log1p(x); }, 1e-20, 1e30, 3, true);
}

inline void check_edges() {
  EXPECT_EQ(math::exp(kInf), kInf);
  EXPECT_EQ(math::exp(-kInf), 0);
  EXPECT_EQ(math::exp(0.f), 1);
  EXPECT_EQ(math::exp(88.73f), kInf);
  EXPECT_EQ(math::exp(3e38f), kInf);
  EXPECT_EQ(math::exp(-3e38f), 0);
  EXPECT_EQ(math::log(kInf), kInf);
  EXPECT_EQ(math::log(0.f), -kInf);
  EXPECT_EQ(math::log(1e-40f), -kInf);  // denormals count as zero
  EXPECT_EQ(math::log(1.f), 0);
  EXPECT_TRUE(std::isnan(math::log(-1.f)));
  EXPECT_EQ(math::tanh(kInf), 1);
  EXPECT_EQ(math::tanh(-kInf), -1);
  EXPECT_EQ(math::sigmoid(kInf), 1);
  EXPECT_EQ(math::sigmoid(-kInf), 0);
  EXPECT_EQ(math::sigmoid(0.f), 0.5f);
  EXPECT_EQ(math::erf(kInf), 1);
  EXPECT_EQ(math::erf(-kInf), -1);
  EXPECT_EQ(math::log1p(kInf), kInf);
  EXPECT_EQ(math::log1p(-1.f), -kInf);
  EXPECT_EQ(math::log1p(1e-30f), 1e-30f);
  for (float r : {math::exp(kNan), math::log(kNan), math::tanh(kNan), math::sigmoid(kNan), math::erf(kNan), math::log1p(kNan)}) EXPECT_TRUE(std::isnan(r));
}

}  // namespace synfire::accuracy

// Every surrogate: its slope is that of its integral; and every neuron with every surrogate: the gradient through all time steps is that of
// the smooth neuron, whose spikes are the integral.
#include "synfire/def/surrogate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/scan_run.h"

namespace synfire {
namespace {

using testing::Numbers;
using testing::random_numbers;
using testing::scan_attrs;

Choice usual(const SurrogateDef& def, double factor = 1) {
  Choice c{std::string(def.name), {}};
  for (const ParamInfo& p : def.params) {
    double value = std::get<double>(p.fallback) * factor;
    c.attrs.set(p.name, p.low < p.high ? std::clamp(value, p.low, p.high) : value);
  }
  return c;
}

class SurrogateEach : public ::testing::TestWithParam<std::string> {
 protected:
  const SurrogateDef& def() const { return *Registry<SurrogateDef>::find(GetParam()); }
};
std::string name_of_case(const ::testing::TestParamInfo<std::string>& info) { return info.param; }

TEST_P(SurrogateEach, SlopeIsThatOfTheIntegral) {
  constexpr double h = 1e-6;
  for (double factor : {1.0, 0.6, 1.7}) {
    Slope s(usual(def(), factor));
    Numbers at = random_numbers(2000, 5, -3, 3), near = random_numbers(500, 6, -0.1, 0.1);
    at.insert(at.end(), near.begin(), near.end());
    size_t kinks = 0;
    for (double x : at) {
      double jump = std::abs(s.slope(x + 2 * h) - s.slope(x - 2 * h));
      if (jump > 0.02) { ++kinks; continue; }
      EXPECT_NEAR((s.integral(x + h) - s.integral(x - h)) / (2 * h), s.slope(x), 1e-6 * std::max(1.0, s.slope(x))) << GetParam() << " times " << factor << " at " << x;
      if (HasFailure()) return;
    }
    EXPECT_LE(kinks, 3u) << "no more than a few of 2500 points are at a kink";
  }
}

TEST_P(SurrogateEach, FloatSlopesEqualDouble) {
  for (double factor : {1.0, 0.6, 1.7}) {
    Slope s(usual(def(), factor));
    for (double reach : {0.05, 3.0, 100.0}) {
      Numbers at = random_numbers(777, 8, -reach, reach);
      std::vector<float> x(at.begin(), at.end()), got(x.size());
      s.slopes(x.data(), got.data(), static_cast<int>(x.size()));
      for (size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(double(got[i]), s.slope(at[i]), 1e-5 * std::max(1.0, s.slope(at[i]))) << GetParam() << " at " << at[i];
    }
  }
}

// Neurons at their threshold learn most; of a surrogate that is flat on a side, those on that side as much.
TEST_P(SurrogateEach, SlopeIsLargestAtTheThreshold) {
  Slope s(usual(def()));
  double top = std::max(s.slope(0), s.slope(1e-6));
  EXPECT_GT(top, 0);
  for (double x : random_numbers(500, 9, -5, 5)) EXPECT_LE(s.slope(x), top * (1 + 1e-9)) << GetParam() << " at " << x;
}
INSTANTIATE_TEST_SUITE_P(, SurrogateEach, ::testing::ValuesIn(Registry<SurrogateDef>::names()), name_of_case);

// ---- every neuron with every surrogate ----

struct Smooth {
  testing::ScanGraph s;
  std::vector<Numbers> weights;
  Smooth(const NeuronDef& def, int64_t N, int64_t rows, const Attrs& attrs) : s(def.name, N, rows, attrs) {
    for (Value v : s.out) weights.push_back(random_numbers(v.shape().numel(), 31 + weights.size()));
  }
  long double loss(const Numbers& x) const {  // what is left of a difference of two should not be rounding
    Interpreter run(s.g, DType::f64);
    run.fill(s.x, x.data());
    run.run();
    long double sum = 0;
    for (size_t o = 0; o < s.out.size(); ++o) {
      Numbers out = run.numbers(s.out[o]);
      for (size_t k = 0; k < out.size(); ++k) sum += static_cast<long double>(weights[o][k]) * out[k];
    }
    return sum;
  }
  Numbers gradient(const Numbers& x) {
    Graph& g = s.g;
    Values w;
    Value total;
    for (Value out : s.out) {
      w.push_back(g.input("w" + std::to_string(w.size()), DType::f32, out.shape()));
      Value term = g.op("sum", {g.op("mul", {out, w.back()})});
      total = total ? g.op("add", {total, term}) : term;
    }
    Value dx = gradients(g, total, {s.x})[0];
    Interpreter run(g, DType::f64);
    run.fill(s.x, x.data());
    for (size_t o = 0; o < w.size(); ++o) run.fill(w[o], weights[o].data());
    run.run();
    return run.numbers(dx);
  }
};

class NeuronEach : public ::testing::TestWithParam<std::string> {};

TEST_P(NeuronEach, GradientIsThatOfTheSmoothNeuronWithEverySurrogate) {
  const NeuronDef& def = *Registry<NeuronDef>::find(GetParam());
  const Sample& sample = Registry<OpDef>::find(def.op)->samples.at(0);
  constexpr int64_t T = 4, B = 2, N = 3;
  constexpr double h = 2e-6, rounding = 1e-15 / h;  // of two sums
  for (const std::string& kind : Registry<SurrogateDef>::names()) {
    if (!def.fires && kind != usual_surrogate().kind) continue;
    Choice surrogate = usual(*Registry<SurrogateDef>::find(kind));
    for (std::string reset : {"soft", "hard"}) {
      Attrs attrs = scan_attrs(T, {{"smooth", true}, {"detach_reset", false}, {"reset_by", reset}, {"surrogate", std::vector<Choice>{surrogate}}});
      Smooth s(def, N, T * B, attrs);
      Numbers x = random_numbers(T * B * N, 3, sample.low, sample.high), dx = Smooth(def, N, T * B, attrs).gradient(x);
      ASSERT_EQ(dx.size(), x.size());
      for (size_t i = 0; i < x.size(); ++i) {
        Numbers low = x, high = x;
        low[i] -= h, high[i] += h;
        long double side = s.loss(low), other = s.loss(high);
        double measured = static_cast<double>((other - side) / (2 * h));
        EXPECT_NEAR(measured, dx[i], 1e-6 * std::max(1.0, std::abs(dx[i])) + rounding * std::abs(double(side)))
            << GetParam() << " with " << kind << ", reset " << reset << ", input " << i;
        if (HasFailure()) return;
      }
    }
  }
}
INSTANTIATE_TEST_SUITE_P(, NeuronEach, ::testing::ValuesIn(Registry<NeuronDef>::names()), name_of_case);

}  // namespace
}  // namespace synfire

// The steps of neurons against loops in double that write the published equations down once more, in the order of their papers.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/support/op_check.h"
#include "tests/support/scan_run.h"

namespace synfire {
namespace {

using testing::expect_close;
using testing::Numbers;
using testing::random_numbers;
using testing::run_scan_f64;
using testing::scan_attrs;
using testing::ScanRun;

constexpr int64_t kSteps = 400;

// One neuron, steps in double (its parameters are floats in the oracle, hence a tolerance): takes the input, gives the spike, and the membrane after it to v.
using Step = std::function<double(double input, double& v)>;

void expect_steps(const char* kind, const Attrs& attrs, double low, double high, double v0, const Step& step, double tolerance = 2e-6) {
  Numbers x = random_numbers(kSteps, 77, low, high), v, y;
  double membrane = v0;
  for (double input : x) y.push_back(step(input, membrane)), v.push_back(membrane);
  ScanRun r = run_scan_f64(kind, x, attrs);
  expect_close(r.y, y, 0, std::string(kind) + " spikes");
  expect_close(r.states[0], v, tolerance, std::string(kind) + " membrane");
  size_t spikes = r.spikes().size();
  EXPECT_GT(spikes, 2u) << kind << " hardly fires here";
  EXPECT_LT(spikes, size_t(kSteps) / 2) << kind << " fires all the time here";
}

TEST(NeuronStep, NorseDecaysTheCurrentAfterTheMembraneHasSeenIt) {
  double i = 0;
  expect_steps("lif_norse", scan_attrs(kSteps, {{"reset_by", std::string("hard")}}), -0.3, 0.8, 0, [&](double input, double& v) {
    double j = i + input, h = v + 1. / 10 * (0 - v + j);
    i = j - 1. / 5 * j;
    bool z = h > 1;
    v = z ? 0 : h;
    return z;
  });
}

TEST(NeuronStep, ConductancesPullToTheirPotentials) {
  double ge = 0, gi = 0;
  Attrs attrs = scan_attrs(kSteps, {{"dt", 0.5}, {"reset_by", std::string("hard")}, {"w_i", 2.0}, {"current", 6.0}});
  expect_steps("cond_lif", attrs, -0.25, 1, -60, [&](double input, double& v) {
    ge = ge * std::exp(-0.5 / 5) + (input > 0 ? 0.4 * input : 0);
    gi = gi * std::exp(-0.5 / 10) + (input < 0 ? -2 * input : 0);
    double h = v + 0.5 / 20 * ((-60 - v) + ge * (0 - v) + gi * (-80 - v) + 6);
    bool z = h > -50;
    v = z ? -60 : h;
    return z;
  });
}

TEST(NeuronStep, AdlifIsThatOfSparch) {
  double u = 0, w = 0, s = 0, al = std::exp(-1. / 15), be = std::exp(-1. / 75), a = 0.05, b = 0.3;
  expect_steps("adlif", scan_attrs(kSteps, {{"a", a}, {"b", b}}), -2, 14, 0, [&](double input, double& v) {
    w = be * w + a * u + b * s;
    u = al * (u - s) + (1 - al) * (input - w);
    s = u > 1;
    v = u - s;
    return s;
  });
}

TEST(NeuronStep, QuadraticIsThatOfSpikingJelly) {
  expect_steps("qif", scan_attrs(kSteps, {{"reset", -0.1}, {"reset_by", std::string("hard")}}), -0.2, 0.9, 0, [](double input, double& v) {
    double h = v + (input + 1 * (v - 0) * (v - 0.8)) / 2;
    bool z = h > 1;
    v = z ? -0.1 : h;
    return z;
  });
}

TEST(NeuronStep, ExponentialIsThatOfSpikingJelly) {
  expect_steps("eif", scan_attrs(kSteps, {{"reset", -0.1}, {"delta", 0.5}, {"reset_by", std::string("hard")}}), -0.2, 0.9, 0, [](double input, double& v) {
    double h = v + (input - (v - 0) + 0.5 * std::exp((v - 0.8) / 0.5)) / 2;
    bool z = h > 1;
    v = z ? -0.1 : h;
    return z;
  });
}

TEST(NeuronStep, TraubsCellIsThatOfBrette) {
  constexpr double dt = 0.125, shift = -63;
  struct Rates { double open[3], close[3]; };
  auto rates = [](double v) {
    auto quotient = [](double up, double x) { return up / std::expm1(x) * x; };  // up / exprel(x)
    return Rates{{quotient(.32 * 4, (13 - v + shift) / 4), .128 * std::exp((17 - v + shift) / 18), quotient(.032 * 5, (15 - v + shift) / 5)},
                 {quotient(.28 * 5, (v - shift - 40) / 5), 4 / (1 + std::exp((40 - v + shift) / 5)), .5 * std::exp((10 - v + shift) / 40)}};
  };
  double gate[3];
  Rates first = rates(-60);
  for (int k = 0; k < 3; ++k) gate[k] = first.open[k] / (first.open[k] + first.close[k]);
  expect_steps("hh_traub", scan_attrs(kSteps, {{"dt", dt}}), 200, 1200, -60, [&](double input, double& v) {
    Rates r = rates(v);
    double na = 20000 * std::pow(gate[0], 3) * gate[1], kalium = 6000 * std::pow(gate[2], 4), g = na + kalium + 10, before = v;
    double pulled = (na * 50 + kalium * -90 + 10 * -60 + input) / g;
    v = pulled + (v - pulled) * std::exp(-dt * g / 200);
    for (int k = 0; k < 3; ++k) {
      double both = r.open[k] + r.close[k], steady = r.open[k] / both;
      gate[k] = steady + (gate[k] - steady) * std::exp(-dt * both);
    }
    return before <= -20 && v > -20;
  }, 2e-5);  // the upswing of a spike multiplies what rounding of parameters leaves
}

// What nothing resets runs on in its refractory time, and only does not fire.
TEST(NeuronStep, RefractoryTimeLeavesAnAxonAlone) {
  for (const char* kind : {"hh_squid", "hh_traub"}) {
    Numbers x(size_t(4000), 1500);
    Attrs attrs = scan_attrs(4000, {{"dt", 0.05}});
    ScanRun all = run_scan_f64(kind, x, attrs);
    attrs.set("refractory", 20.0);
    ScanRun some = run_scan_f64(kind, x, attrs);
    expect_close(some.states[0], all.states[0], 0, kind);
    EXPECT_LT(some.spikes().size(), all.spikes().size()) << kind;
    EXPECT_GT(some.spikes().size(), 2u) << kind;
    for (size_t k = 1; k < some.spikes().size(); ++k) EXPECT_GT(some.spikes()[k] - some.spikes()[k - 1], 400) << kind;
  }
}

// ---- all of them ----

class NeuronSamples : public ::testing::TestWithParam<std::string> {};

// The inputs on which kernels are held against the oracle make every neuron fire, though not all the time.
TEST_P(NeuronSamples, FireSometimes) {
  const NeuronDef& def = *Registry<NeuronDef>::find(GetParam());
  if (!def.fires) return;
  const OpDef& op = *Registry<OpDef>::find(def.op);
  double spikes = 0, all = 0;
  for (const Sample& s : op.samples) {
    if (s.attrs.flag("smooth")) continue;
    Numbers y = testing::Alone(op, s).reference(DType::f64, testing::numbers_of(s))[0];
    for (double z : y) spikes += z, ++all;
  }
  EXPECT_GT(spikes, all / 500) << spikes << " of " << all;
  EXPECT_LT(spikes, all * 0.9) << spikes << " of " << all;
}
INSTANTIATE_TEST_SUITE_P(, NeuronSamples, ::testing::ValuesIn(Registry<NeuronDef>::names()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace synfire

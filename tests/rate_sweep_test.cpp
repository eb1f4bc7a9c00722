// lr-find: what is read off a curve of losses does not lag behind it, slow divergence is seen, and what is suggested lies below it.
#include "synfire/train/rate_sweep.h"

#include <cmath>

#include "synfire/base/random.h"
#include "tests/support/training.h"

namespace synfire {
namespace {

using testing::job_of;
using testing::perceptron;
using testing::TempFolder;

// The losses of a made-up training over the decimal logarithm of the rate, with the noise that batches make.
template <class F>
RateSweep sweep_of(const F& loss, double noise = 0.02) {
  RateCurve curve;
  for (int k = 0; k < 200; ++k) {
    double decade = -7 + 8.0 * k / 199, wobble = noise * (2 * double(Random{1, 2, 3}.uniform(uint64_t(k))) - 1);
    if (!curve.add(std::pow(10, decade), loss(decade) * (1 + wobble))) break;
  }
  return curve.sweep();
}

double fall(double x, double middle) { return 1 / (1 + std::exp(4 * (x - middle))); }  // from 1 to 0, fastest at the middle

TEST(RateSweep, TheSteepestPlaceIsWhereItIs) {
  for (double middle : {-5.0, -3.0, -1.5}) {
    RateSweep s = sweep_of([&](double x) { return 0.3 + 2 * fall(x, middle); });
    EXPECT_TRUE(s.fell);
    EXPECT_FALSE(s.diverged);
    EXPECT_NEAR(std::log10(s.steepest), middle, 0.2) << "a running mean of weight 0.95 reads it off 0.6 decades later";
    EXPECT_NEAR(s.first, 2.3, 0.1);
  }
}

TEST(RateSweep, TheLowestPlaceIsWhereItIs) {
  RateSweep s = sweep_of([](double x) { return 0.3 + 2 * std::abs(x + 2) / 5; });
  EXPECT_NEAR(std::log10(s.minimum), -2, 0.25);
}

TEST(RateSweep, FastDivergence) {
  RateSweep s = sweep_of([](double x) { return 0.3 + 2 * fall(x, -3) + std::exp(12 * (x + 0.5)); });
  EXPECT_TRUE(s.diverged);
  EXPECT_NE(s.why.find("four times"), s.why.npos);
  EXPECT_LT(s.points.size(), 190u);
  EXPECT_NEAR(std::log10(s.steepest), -3, 0.2) << "what came last must not move what was before";
  EXPECT_LT(s.steepest, s.diverged_at);
  EXPECT_LT(s.minimum, s.diverged_at);
}

TEST(RateSweep, SlowDivergenceAboveTheFirstLoss) {  // never four times the best: 2.3, 2.0, then slowly to 3.5
  RateSweep s = sweep_of([](double x) { return 2.3 - 0.3 * (1 - fall(x, -4)) + 1.5 * (1 - fall(x, -1.5)); });
  EXPECT_TRUE(s.diverged);
  EXPECT_GT(std::log10(s.diverged_at), -2.2);
  EXPECT_LT(std::log10(s.diverged_at), -1.0);
  EXPECT_LT(s.minimum, s.diverged_at);
  EXPECT_NEAR(std::log10(s.steepest), -4, 0.3);
}

TEST(RateSweep, WhatWasLearnedIsLostAgain) {  // back to chance, where units have died: not above the first loss by much, nor four times the best
  RateSweep s = sweep_of([](double x) { return 2.3 - 1.2 * (1 - fall(x, -3)) + 1.25 * (1 - fall(x, -1)); }, 0.005);
  EXPECT_TRUE(s.diverged);
  EXPECT_GT(std::log10(s.diverged_at), -1.2);
  EXPECT_NEAR(std::log10(s.steepest), -3, 0.3);
}

TEST(RateSweep, ALossThatOnlyWobblesIsNoFallAndNoDivergence) {
  RateSweep s = sweep_of([](double) { return 2.3; }, 0.04);
  EXPECT_FALSE(s.fell);
  EXPECT_FALSE(s.diverged);
}

TEST(RateSweep, NoNumber) {
  RateCurve none;
  EXPECT_FALSE(none.add(1e-7, NAN));
  EXPECT_THROW(none.sweep(), Failure);
  RateSweep s = sweep_of([](double x) { return x > -2 ? double(INFINITY) : 0.3 + 2 * fall(x, -4); });
  EXPECT_TRUE(s.diverged);
  EXPECT_NEAR(std::log10(s.diverged_at), -2, 0.05);
}

// Trains a few epochs at a rate; the loss at the end.
double loss_at(const std::string& optimizer, double rate) {
  TempFolder folder;
  testing::Session run(perceptron(fmt::format("epochs = 3\noptimizer = {{kind = \"{}\", lr = {}}}\n", optimizer, rate)), folder / "run");
  try {
    run.begin();
  } catch (const Failure&) {
    return INFINITY;
  }
  return run.outcome.train.value("loss");
}

TEST(RateSweep, ARealTrainingDivergesWhereItSaysAndLearnsWhereItSays) {
  for (const char* optimizer : {"sgd", "adam"}) {
    SCOPED_TRACE(optimizer);
    Job job = job_of(perceptron(fmt::format("optimizer = \"{}\"\n", optimizer)));
    RateSweep s = sweep_rates(job);
    ASSERT_TRUE(s.diverged) << "a rate of 10 trains nothing";
    ASSERT_TRUE(s.fell);
    EXPECT_LT(s.steepest, s.diverged_at);
    EXPECT_LT(s.minimum, s.diverged_at);
    EXPECT_LT(loss_at(optimizer, s.steepest), 0.5 * s.first);
    EXPECT_GT(loss_at(optimizer, 3 * s.diverged_at), loss_at(optimizer, s.steepest));
  }
}

}  // namespace
}  // namespace synfire

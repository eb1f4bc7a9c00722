// Metrics beside scikit-learn's values, values by hand, and the cases in which there is nothing to divide by.
#include "synfire/train/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "synfire/train/evaluate.h"

namespace synfire {
namespace {

View view_of(std::vector<float>& v, int64_t rows) { return {v.data(), DType::f32, {rows, int64_t(v.size()) / rows}}; }
View view_of(std::vector<int32_t>& v) { return {v.data(), DType::i32, {int64_t(v.size())}}; }

double log_loss(const std::vector<float>& outputs, const std::vector<int32_t>& labels, size_t from, size_t to, int64_t width) {
  double sum = 0;
  std::vector<double> p(static_cast<size_t>(width));
  for (size_t i = from; i < to; ++i) {
    probabilities(outputs.data() + i * p.size(), width, p.data());
    sum -= std::log(p[size_t(labels[i])]);
  }
  return sum / double(to - from);
}

double mean_square(const std::vector<float>& a, const std::vector<float>& b, size_t from, size_t to) {
  double sum = 0;
  for (size_t i = from; i < to; ++i) sum += std::pow(double(a[i]) - b[i], 2);
  return sum / double(to - from);
}

// In batches of every size: sums are over samples, so that the batch must not matter.
TEST(Metrics, EqualScikitLearn) {
  std::ifstream file(std::string(SYNFIRE_SOURCE_DIR) + "/tests/golden/metrics.json");
  nlohmann::json cases = nlohmann::json::parse(file)["cases"];
  ASSERT_EQ(cases.size(), 4u);
  for (const auto& c : cases) {
    int64_t width = c["width"];
    bool classes = c["task"] == "classes";
    auto outputs = c["outputs"].get<std::vector<float>>();
    std::vector<float> numbers;
    std::vector<int32_t> labels;
    if (classes) labels = c["targets"].get<std::vector<int32_t>>();
    else numbers = c["targets"].get<std::vector<float>>();
    size_t rows = outputs.size() / size_t(width);
    for (size_t batch : {rows, size_t(1), size_t(7)}) {
      MetricsCounter counter(classes ? Task::classes : Task::numbers, width);
      for (size_t k = 0; k < rows; k += batch) {
        size_t end = std::min(rows, k + batch);
        std::vector<float> y(outputs.begin() + long(k) * width, outputs.begin() + long(end) * width), t;
        std::vector<int32_t> l;
        if (classes) l.assign(labels.begin() + long(k), labels.begin() + long(end));
        else t.assign(numbers.begin() + long(k), numbers.begin() + long(end));
        counter.add(view_of(y, int64_t(end - k)), classes ? view_of(l) : view_of(t, int64_t(end - k)), classes ? log_loss(outputs, labels, k, end, width) : mean_square(outputs, numbers, k, end));
      }
      Metrics m = counter.result();
      EXPECT_EQ(m.samples, int64_t(rows));
      EXPECT_EQ(m.values.size(), c["values"].size());
      for (const auto& [name, want] : c["values"].items()) EXPECT_NEAR(m.value(name), want.get<double>(), 1e-6 * std::max(1.0, std::abs(want.get<double>()))) << name << " in batches of " << batch;
      if (classes) { EXPECT_EQ(m.confusion, c["confusion"].get<std::vector<int64_t>>()); }
    }
  }
}

TEST(Metrics, ByHand) {
  std::vector<float> outputs{2, 1, 0, 0, 5, 1, 3, 0, 0, 1, 2, 9};  // predicted: 0 1 0 2
  std::vector<int32_t> labels{0, 1, 1, 2};
  MetricsCounter counter(Task::classes, 3);
  counter.add(view_of(outputs, 4), view_of(labels), 0.5);
  Metrics m = counter.result();
  EXPECT_EQ(m.value("loss"), 0.5);
  EXPECT_EQ(m.value("accuracy"), 0.75);
  EXPECT_DOUBLE_EQ(m.value("precision"), (0.5 + 1 + 1) / 3);
  EXPECT_DOUBLE_EQ(m.value("recall"), (1 + 0.5 + 1) / 3);
  EXPECT_DOUBLE_EQ(m.value("f1"), (2.0 / 3 + 2.0 / 3 + 1) / 3);
  EXPECT_TRUE(std::isnan(m.value("top5"))) << "of three classes all are among the best five";
  EXPECT_EQ(m.confusion, (std::vector<int64_t>{1, 0, 0, 1, 1, 0, 0, 0, 1}));
  EXPECT_EQ(json_of(MetricsCounter(Task::classes, 3).result()), "{\"loss\":null}") << "of nothing";
}

TEST(Metrics, TargetsThatDoNotDifferHaveNoR2) {
  std::vector<float> y{1, 2}, t{3, 3};
  MetricsCounter counter(Task::numbers, 1);
  counter.add(view_of(y, 2), view_of(t, 2), 2.5);
  Metrics m = counter.result();
  EXPECT_DOUBLE_EQ(m.value("mae"), 1.5);
  EXPECT_DOUBLE_EQ(m.value("rmse"), std::sqrt(2.5));
  EXPECT_TRUE(std::isnan(m.value("r2")));
  EXPECT_NE(json_of(m).find("\"r2\":null"), std::string::npos);
}

TEST(Metrics, WhatIsListedIsWhatIsMeasured) {
  std::set<std::string> listed, measured;
  for (const Entry& e : metric_entries()) listed.emplace(e.name);
  std::vector<float> outputs{0, 1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 0};
  std::vector<int32_t> labels{5, 0};
  MetricsCounter classes(Task::classes, 6), numbers(Task::numbers, 6);
  classes.add(view_of(outputs, 2), view_of(labels), 0.5);
  numbers.add(view_of(outputs, 2), view_of(outputs, 2), 0.5);
  for (const Metrics& m : {classes.result(), numbers.result()}) for (const auto& [name, value] : m.values) measured.insert(name);
  EXPECT_EQ(listed, measured);
}

TEST(Metrics, BetterIsHigherAccuracyThenLowerLoss) {
  auto of = [](double accuracy, double loss) { Metrics m; m.values = {{"loss", loss}, {"accuracy", accuracy}}; return m; };
  EXPECT_TRUE(of(0.9, 2).better_than(of(0.8, 1)));
  EXPECT_TRUE(of(0.9, 1).better_than(of(0.9, 2)));
  EXPECT_FALSE(of(0.9, 1).better_than(of(0.9, 1)));
  EXPECT_FALSE(of(0.9, NAN).better_than(of(0.9, 1)));
}

TEST(Metrics, ProbabilitiesOfLargeLogits) {
  float logits[] = {1000, 1001, -1e30f};
  double p[3];
  probabilities(logits, 3, p);
  EXPECT_NEAR(p[1], 1 / (1 + std::exp(-1.0)), 1e-12);
  EXPECT_EQ(p[2], 0);
}

}  // namespace
}  // namespace synfire

// Splits: fractions, shares of classes, what a source has said, and seeds.
#include "synfire/data/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "synfire/data/fitted.h"
#include "tests/support/dataset.h"

namespace synfire {
namespace {

Dataset classes(std::vector<int> counts) {
  Dataset d;
  d.name = "d", d.sample = {1};
  for (size_t c = 0; c < counts.size(); ++c) {
    d.class_names.push_back(std::to_string(c));
    d.labels.insert(d.labels.end(), size_t(counts[c]), int32_t(c));
  }
  for (size_t i = 0; i < d.labels.size(); ++i) std::swap(d.labels[i], d.labels[i * 7919 % d.labels.size()]);
  d.x = Tensor(DType::f32, {int64_t(d.labels.size()), 1});
  return d;
}

Dataset numbers(int64_t n) {
  Dataset d;
  d.name = "n", d.sample = {1}, d.task = Task::numbers, d.target_names = {"y"}, d.targets.resize(size_t(n)), d.x = Tensor(DType::f32, {n, 1});
  return d;
}

void expect_partition(const Split& s, int64_t rows) {
  std::vector<int64_t> all;
  for (const auto* part : {&s.train, &s.validation, &s.test}) {
    EXPECT_TRUE(std::is_sorted(part->begin(), part->end()));
    all.insert(all.end(), part->begin(), part->end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(int64_t(all.size()), rows);
  EXPECT_TRUE(std::adjacent_find(all.begin(), all.end()) == all.end()) << "a row is in two parts";
}

TEST(Split, DefaultsAndFractions) {
  Split s = make_split(classes({100, 60, 40}), {});
  EXPECT_EQ(s.train.size(), 140u);
  EXPECT_EQ(s.validation.size(), 30u);
  EXPECT_EQ(s.test.size(), 30u);
  expect_partition(s, 200);
  s = make_split(classes({100, 60, 40}), {.train = 0.5, .validation = 0.1, .test = 0.2});
  EXPECT_EQ(s.train.size(), 100u);
  EXPECT_EQ(s.validation.size(), 20u);
  EXPECT_EQ(s.test.size(), 40u);
  s = make_split(numbers(97), {.validation = 0, .test = 0.5});
  EXPECT_EQ(s.validation.size(), 0u);
  EXPECT_NEAR(double(s.test.size()), 48.5, 0.5);
  expect_partition(s, 97);
}

TEST(Split, EveryClassHasItsShare) {
  for (auto counts : {std::vector<int>{100, 60, 40}, {7, 13, 29, 51}, {3, 3, 3}, {1, 200}}) {
    Dataset d = classes(counts);
    Split s = make_split(d, {.train = 0.6, .validation = 0.2, .test = 0.2});
    expect_partition(s, d.rows());
    for (size_t c = 0; c < counts.size(); ++c)
      for (auto [part, fraction] : {std::pair(&s.train, 0.6), {&s.validation, 0.2}, {&s.test, 0.2}}) {
        auto n = std::count_if(part->begin(), part->end(), [&](int64_t r) { return d.labels[size_t(r)] == int32_t(c); });
        EXPECT_LE(std::abs(double(n) - fraction * counts[c]), 1.5) << counts[c] << " rows of class " << c;
      }
  }
}

TEST(Split, SeedsDecide) {
  Dataset d = classes({50, 50});
  EXPECT_EQ(make_split(d, {.seed = 3}), make_split(d, {.seed = 3}));
  EXPECT_NE(make_split(d, {.seed = 3}).test, make_split(d, {.seed = 4}).test);
  EXPECT_NE(make_split(numbers(100), {.seed = 3}).test, make_split(numbers(100), {.seed = 4}).test);
}

TEST(Split, WhatTheSourceSaysStays) {
  Dataset d = classes({60, 60});
  d.parts.assign(120, Part::train);
  for (size_t r = 100; r < 120; ++r) d.parts[r] = Part::test;
  Split s = make_split(d, {});
  expect_partition(s, 120);
  EXPECT_EQ(s.test.size(), 20u);
  EXPECT_EQ(s.test.front(), 100);
  EXPECT_EQ(s.validation.size(), 10u);
  EXPECT_EQ(make_split(d, {.validation = 0.3}).validation.size(), 30u);
  try {
    make_split(d, {.test = 0.2}, {"m.toml", 3, 9});
    FAIL() << "two test parts";
  } catch (const Failure& f) {
    EXPECT_EQ(f.code(), Code::config);
    EXPECT_NE(std::string(f.what()).find("m.toml:3:9: split asks for test rows"), std::string::npos) << f.what();
  }
}

TEST(Split, NothingToTrainOn) {
  for (Fractions f : {Fractions{.train = 0}, Fractions{.validation = 0.5, .test = 0.5}, Fractions{.test = 1}}) {
    try {
      make_split(classes({5, 5}), f);
      FAIL() << "an empty training part";
    } catch (const Failure& e) {
      EXPECT_EQ(e.code(), Code::data);
    }
  }
  EXPECT_EQ(make_split(classes({1, 1}), {}).train.size() + make_split(classes({1, 1}), {}).test.size() + make_split(classes({1, 1}), {}).validation.size(), 2u);
}

TEST(Split, TablesAreRead) {
  auto read = [](const std::string& text, Problems& p) { return read_fractions(parse_toml("split = " + text, "m.toml").find("split"), p); };
  Problems none;
  Fractions f = read("{train = 0.5, test = 0.25, seed = 7}", none);
  EXPECT_EQ(f.train, 0.5);
  EXPECT_EQ(f.test, 0.25);
  EXPECT_LT(f.validation, 0);
  EXPECT_EQ(f.seed, 7);
  EXPECT_TRUE(none.empty());
  EXPECT_LT(read_fractions(nullptr, none).train, 0);
  for (const char* bad : {"3", "{trian = 0.5}", "{train = -0.1}", "{train = 1.5}", "{train = \"a\"}", "{seed = -1}", "{seed = 0.5}", "{train = 0.6, test = 0.6}", "{train = nan}"}) {
    Problems problems;
    read(bad, problems);
    EXPECT_EQ(problems.size(), 1u) << bad;
  }
}

TEST(Split, AsText) {
  Split s{{0, 3}, {1}, {2}};
  EXPECT_EQ(split_csv(s), "row,split\n0,train\n1,validation\n2,test\n3,train\n");
}

TEST(Fitted, OnTheTrainingPartOnly) {
  Dataset d = numbers(6);
  for (int i = 0; i < 6; ++i) d.x.as<float>()[i] = float(i < 4 ? i : 1000);
  std::vector<int64_t> rows{0, 1, 2, 3};
  Fitted f = Fitted::fit(summarize(d, rows), {{"standardize", {}}});
  EXPECT_NEAR(f.scale[0], 1 / std::sqrt(1.25), 1e-6);
  EXPECT_NEAR(f.offset[0], -1.5 / std::sqrt(1.25), 1e-6);
  Fitted chain = Fitted::fit(summarize(d, rows), {{"standardize", {}}, default_choice("transform", "scale")});
  EXPECT_NEAR(chain.scale[0] * 3 + chain.offset[0], 1, 1e-6);
  EXPECT_NEAR(chain.offset[0], 0, 1e-6);
  EXPECT_EQ(Fitted::from(chain.tensors(), 1), chain);
  EXPECT_THROW(Fitted::from(chain.tensors(), 2), Failure);
  EXPECT_THROW(Fitted::from({}, 1), Failure);
}

TEST(Fitted, BytesAreSummedExactly) {
  Dataset d;
  d.sample = {2, 2, 2}, d.x = Tensor(DType::u8, {3, 2, 2, 2}), d.unit = 0.5;
  for (int i = 0; i < 24; ++i) d.x.as<uint8_t>()[i] = uint8_t(i * 10);
  std::vector<int64_t> rows{0, 2};
  std::vector<Summary> s = summarize(d, rows);
  ASSERT_EQ(s.size(), 2u);
  for (int c = 0; c < 2; ++c) {
    double sum = 0, squares = 0;
    for (int64_t r : rows)
      for (int p = 0; p < 4; ++p) sum += double(r * 8 + p * 2 + c) * 5 / 8;
    for (int64_t r : rows)
      for (int p = 0; p < 4; ++p) squares += std::pow(double(r * 8 + p * 2 + c) * 5 - sum, 2) / 8;
    EXPECT_NEAR(s[size_t(c)].mean, sum, 1e-12);
    EXPECT_NEAR(s[size_t(c)].deviation, std::sqrt(squares), 1e-12);
    EXPECT_EQ(s[size_t(c)].low, c * 5);
    EXPECT_EQ(s[size_t(c)].high, (16 + 6 + c) * 5);
  }
}

}  // namespace
}  // namespace synfire

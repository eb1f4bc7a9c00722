// The loader: which rows a batch has, what numbers they become, how images are moved; the same whatever the threads.
#include "synfire/data/loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

namespace synfire {
namespace {

std::vector<int64_t> all_rows(int64_t n) {
  std::vector<int64_t> rows(static_cast<size_t>(n));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

Dataset images(int64_t n, int64_t h, int64_t w, int64_t c) {
  Dataset d;
  d.name = "images", d.sample = {h, w, c}, d.x = Tensor(DType::u8, {n, h, w, c}), d.unit = 1.0 / 255, d.class_names = {"a", "b", "c"};
  for (int64_t i = 0; i < d.x.numel(); ++i) d.x.as<uint8_t>()[i] = uint8_t(1 + i * 37 % 255);  // never 0, so that blank stands out
  for (int64_t r = 0; r < n; ++r) d.labels.push_back(int32_t(r % 3));
  return d;
}

Dataset numbers(int64_t n, int64_t features, int64_t targets) {
  Dataset d;
  d.name = "numbers", d.sample = {features}, d.x = Tensor(DType::f32, {n, features}), d.task = Task::numbers;
  for (int64_t i = 0; i < d.x.numel(); ++i) d.x.as<float>()[i] = float(i) * 0.25f - 3;
  for (int64_t t = 0; t < targets; ++t) d.target_names.push_back("t" + std::to_string(t));
  for (int64_t i = 0; i < n * targets; ++i) d.targets.push_back(float(i) + 0.5f);
  return d;
}

Fitted plain(int64_t columns) { return {std::vector<float>(size_t(columns), 1), std::vector<float>(size_t(columns), 0)}; }

struct Batch { std::vector<float> x, targets; std::vector<int32_t> labels; bool operator==(const Batch&) const = default; };

Batch fill(Loader& loader, const Dataset& d, int threads, int64_t epoch, int64_t step) {
  Pool pool(threads);
  int64_t n = loader.size(step);
  Batch b{std::vector<float>(size_t(n * d.sample.numel()), -99), {}, {}};
  Shape shape{n};
  for (int64_t dim : d.sample) shape.push_back(dim);
  View x{b.x.data(), DType::f32, shape};
  if (d.task == Task::classes) {
    b.labels.assign(size_t(n), -99);
    loader.fill(pool, epoch, step, x, {b.labels.data(), DType::i32, {n}});
  } else {
    b.targets.assign(size_t(n * d.target_count()), -99);
    loader.fill(pool, epoch, step, x, {b.targets.data(), DType::f32, {n, d.target_count()}});
  }
  return b;
}

std::vector<int64_t> order_of(Loader& loader, int64_t epoch) {
  std::vector<int64_t> rows;
  for (int64_t k = 0; k < loader.steps(); ++k)
    for (int64_t r : loader.batch(epoch, k)) rows.push_back(r);
  return rows;
}

TEST(Loader, EveryEpochIsAnotherPermutation) {
  Dataset d = images(100, 2, 2, 1);
  std::vector<int64_t> rows;
  for (int64_t r = 3; r < 90; r += 2) rows.push_back(r);
  Loader loader(d, rows, plain(1), {.batch = 8, .shuffle = true, .seed = 5});
  std::set<std::vector<int64_t>> orders;
  for (int64_t epoch = 0; epoch < 20; ++epoch) {
    std::vector<int64_t> order = order_of(loader, epoch), sorted = order;
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(sorted, rows);
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 20u);
  EXPECT_EQ(order_of(loader, 3), order_of(loader, 3));
  Loader again(d, rows, plain(1), {.batch = 5, .shuffle = true, .seed = 5}), other(d, rows, plain(1), {.batch = 8, .shuffle = true, .seed = 6});
  EXPECT_EQ(order_of(again, 7), order_of(loader, 7)) << "an epoch is a function of the seed, whatever came before";
  EXPECT_NE(order_of(other, 7), order_of(loader, 7));
}

TEST(Loader, ShuffledPlacesAreEquallyLikely) {
  Dataset d = images(4, 1, 1, 1);
  Loader loader(d, all_rows(4), plain(1), {.batch = 4, .shuffle = true});
  int counts[4][4] = {};
  for (int64_t epoch = 0; epoch < 4000; ++epoch)
    for (int64_t i = 0; i < 4; ++i) ++counts[i][loader.batch(epoch, 0)[size_t(i)]];
  for (auto& row : counts)
    for (int n : row) EXPECT_NEAR(n, 1000, 110);  // four deviations of a binomial
}

TEST(Loader, OrderOfRowsWithoutShuffle) {
  Dataset d = images(10, 1, 1, 1);
  Loader loader(d, {4, 2, 9}, plain(1), {.batch = 2});
  EXPECT_EQ(order_of(loader, 0), (std::vector<int64_t>{4, 2, 9}));
  EXPECT_EQ(order_of(loader, 1), (std::vector<int64_t>{4, 2, 9}));
}

TEST(Loader, LastBatch) {
  Dataset d = images(10, 2, 2, 1);
  Loader loader(d, all_rows(10), plain(1), {.batch = 4}), dropping(d, all_rows(10), plain(1), {.batch = 4, .drop_last = true}), even(d, all_rows(8), plain(1), {.batch = 4});
  EXPECT_EQ(loader.steps(), 3);
  EXPECT_EQ(loader.size(1), 4);
  EXPECT_EQ(loader.size(2), 2);
  EXPECT_EQ(loader.batch(0, 2).size(), 2u);
  EXPECT_EQ(dropping.steps(), 2);
  EXPECT_EQ(even.steps(), 2);
  EXPECT_EQ(even.size(1), 4);
  EXPECT_EQ(fill(loader, d, 1, 0, 2).labels, (std::vector<int32_t>{2, 0}));
  try {
    Loader none(d, all_rows(3), plain(1), {.batch = 4, .drop_last = true});
    FAIL() << "a loader without a batch was made";
  } catch (const Failure& f) {
    EXPECT_EQ(f.code(), Code::data);
  }
}

TEST(Loader, NumbersAndTargets) {
  for (int64_t features : {1, 3, 17}) {
    Dataset d = numbers(23, features, 2);
    Fitted f = plain(features);
    for (int64_t c = 0; c < features; ++c) f.scale[size_t(c)] = 0.5f + float(c), f.offset[size_t(c)] = float(c) - 1;
    Loader loader(d, all_rows(23), f, {.batch = 5, .shuffle = true, .seed = 1});
    for (int64_t k = 0; k < loader.steps(); ++k) {
      Batch b = fill(loader, d, 1, 2, k);
      auto rows = loader.batch(2, k);
      for (size_t i = 0; i < rows.size(); ++i) {
        for (int64_t c = 0; c < features; ++c)
          EXPECT_EQ(b.x[i * size_t(features) + size_t(c)], f.scale[size_t(c)] * d.x.as<float>()[rows[i] * features + c] + f.offset[size_t(c)]);
        for (size_t t = 0; t < 2; ++t) EXPECT_EQ(b.targets[i * 2 + t], d.targets[size_t(rows[i]) * 2 + t]);
      }
    }
  }
}

TEST(Loader, BytesGetTheirUnitAndALineAChannel) {
  for (int64_t channels : {1, 3}) {
    Dataset d = images(6, 3, 5, channels);
    Fitted f = plain(channels);
    for (int64_t c = 0; c < channels; ++c) f.scale[size_t(c)] = 2.f + float(c), f.offset[size_t(c)] = -0.5f * float(c + 1);
    Loader loader(d, all_rows(6), f, {.batch = 6});
    Batch b = fill(loader, d, 1, 0, 0);
    for (size_t i = 0; i < b.x.size(); ++i) {
      size_t c = i % size_t(channels);
      EXPECT_EQ(b.x[i], float(f.scale[c] * d.unit) * float(d.x.as<uint8_t>()[i]) + f.offset[c]);
    }
  }
}

// The definition of a placement, one pixel at a time.
float pixel_of(const Dataset& d, int64_t row, int64_t h, int64_t w, int64_t c, const Placement& p, const Fitted& f) {
  int64_t from_h = h + p.top, from_w = p.mirrored ? p.left + d.sample[1] - 1 - w : w + p.left;
  bool inside = from_h >= 0 && from_h < d.sample[0] && from_w >= 0 && from_w < d.sample[1];
  float v = inside ? float(d.x.as<uint8_t>()[((row * d.sample[0] + from_h) * d.sample[1] + from_w) * d.sample[2] + c]) : 0;
  return float(f.scale[size_t(c)] * d.unit) * v + f.offset[size_t(c)];
}

// Whether some placement of `candidates` explains sample i of the batch.
bool explained(const Dataset& d, const Batch& b, size_t i, int64_t row, const std::vector<Placement>& candidates, const Fitted& f) {
  return std::any_of(candidates.begin(), candidates.end(), [&](const Placement& p) {
    const float* x = b.x.data() + i * size_t(d.sample.numel());
    for (int64_t h = 0; h < d.sample[0]; ++h)
      for (int64_t w = 0; w < d.sample[1]; ++w)
        for (int64_t c = 0; c < d.sample[2]; ++c, ++x)
          if (*x != pixel_of(d, row, h, w, c, p, f)) return false;
    return true;
  });
}

TEST(Loader, ImagesMoveWithBlankBorders) {
  for (int64_t channels : {1, 3}) {
    Dataset d = images(60, 5, 7, channels);
    Fitted f = plain(channels);
    for (int64_t c = 0; c < channels; ++c) f.scale[size_t(c)] = 3.f + float(c), f.offset[size_t(c)] = -1.f - float(c);
    std::vector<Placement> all;
    for (int64_t top = -9; top <= 9; ++top)
      for (int64_t left = -9; left <= 9; ++left)
        for (bool mirrored : {false, true}) all.push_back({top, left, mirrored});
    for (auto kinds : {std::vector<Choice>{default_choice("augmentation", "shift")}, {default_choice("augmentation", "crop")}, {default_choice("augmentation", "flip")},
                       {default_choice("augmentation", "crop"), default_choice("augmentation", "flip"), {"shift", {{"pixels", int64_t{5}}}}}}) {
      Loader loader(d, all_rows(60), f, {.batch = 60, .seed = 3, .augment = kinds});
      Batch b = fill(loader, d, 1, 1, 0), next = fill(loader, d, 1, 2, 0);
      for (size_t i = 0; i < 60; ++i) EXPECT_TRUE(explained(d, b, i, int64_t(i), all, f)) << kinds[0].kind << " " << i;
      EXPECT_NE(b, next) << "an epoch is not augmented like the one before";
    }
  }
}

TEST(Loader, FlipsHalfOfTheImages) {
  Dataset d = images(1000, 2, 3, 1);
  Loader loader(d, all_rows(1000), plain(1), {.batch = 1000, .augment = {default_choice("augmentation", "flip")}});
  Batch b = fill(loader, d, 1, 0, 0);
  int flipped = 0;
  for (size_t i = 0; i < 1000; ++i) {
    bool same = explained(d, b, i, int64_t(i), {Placement{}}, plain(1));
    EXPECT_TRUE(same || explained(d, b, i, int64_t(i), {Placement{0, 0, true}}, plain(1)));
    flipped += !same;
  }
  EXPECT_NEAR(flipped, 500, 64);
}

TEST(Loader, ASampleIsAugmentedTheSameInAnyBatch) {
  Dataset d = images(40, 6, 6, 2);
  std::vector<Choice> augment{default_choice("augmentation", "crop"), default_choice("augmentation", "flip")};
  Loader wide(d, all_rows(40), plain(2), {.batch = 40, .seed = 9, .augment = augment}), narrow(d, {17}, plain(2), {.batch = 1, .seed = 9, .augment = augment});
  Batch all = fill(wide, d, 1, 4, 0), one = fill(narrow, d, 1, 4, 0);
  EXPECT_TRUE(std::equal(one.x.begin(), one.x.end(), all.x.begin() + 17 * 72));
}

TEST(Loader, SameBitsAtAnyThreadCount) {
  Dataset d = images(300, 28, 28, 1);
  Loader loader(d, all_rows(300), plain(1), {.batch = 290, .shuffle = true, .seed = 2, .augment = {default_choice("augmentation", "shift")}});
  Batch one = fill(loader, d, 1, 1, 0);
  for (int threads : {2, 3, 8}) EXPECT_EQ(fill(loader, d, threads, 1, 0), one);
}

TEST(Loader, SamplesWithoutTargets) {
  Dataset d = images(5, 2, 2, 1);
  Loader labelled(d, all_rows(5), plain(1), {.batch = 5});
  Batch with = fill(labelled, d, 1, 0, 0);
  d.labels.clear();
  Loader loader(d, all_rows(5), plain(1), {.batch = 5});
  Batch b = fill(loader, d, 1, 0, 0);
  EXPECT_EQ(b.x, with.x);
  EXPECT_EQ(b.labels, std::vector<int32_t>(5, 0));
}

TEST(Loader, AugmentationsAreForImages) {
  Dataset d = numbers(4, 3, 1);
  try {
    Loader loader(d, all_rows(4), plain(3), {.augment = {default_choice("augmentation", "flip")}});
    FAIL() << "features were to be flipped";
  } catch (const Failure& f) {
    EXPECT_EQ(f.code(), Code::config);
  }
}

}  // namespace
}  // namespace synfire

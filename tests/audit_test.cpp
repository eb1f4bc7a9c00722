// The audit: twins between parts, twins that disagree, constant columns, uneven and absent classes.
#include "synfire/data/audit.h"

#include <gtest/gtest.h>

#include "synfire/base/format.h"

namespace synfire {
namespace {

// Rows of two features with a label each; the first `train` rows train, the next `validation` validate, the others test.
Source source_of(const std::vector<std::array<float, 2>>& rows, const std::vector<int32_t>& labels, int64_t train, int64_t validation = 0) {
  Source s;
  Dataset& d = s.data;
  d.name = "set", d.sample = {2}, d.x = Tensor(DType::f32, {int64_t(rows.size()), 2}), d.labels = labels, d.class_names = {"a", "b"};
  for (size_t r = 0; r < rows.size(); ++r) {
    std::copy(rows[r].begin(), rows[r].end(), d.x.as<float>() + 2 * r);
    (int64_t(r) < train ? s.split.train : int64_t(r) < train + validation ? s.split.validation : s.split.test).push_back(int64_t(r));
  }
  return s;
}

std::string all(const Audit& a) {
  std::string s;
  for (const std::string& w : a.warnings) s += w + "\n";
  return s;
}

TEST(Audit, NothingToSayOfGoodData) {
  Audit a = audit(source_of({{1, 2}, {2, 1}, {3, 5}, {4, 4}, {5, 9}, {6, 7}}, {0, 1, 0, 1, 0, 1}, 4));
  EXPECT_EQ(all(a), "");
  EXPECT_EQ(a.counts[0], (std::vector<int64_t>{2, 2}));
  EXPECT_EQ(a.counts[2], (std::vector<int64_t>{1, 1}));
}

TEST(Audit, TwinsBetweenPartsAndWithinThem) {
  // 0 and 1 are twins that train; 4 (validation) and 5 (test) have twins that train; 6 and 7 are twins in the test part only.
  Audit a = audit(source_of({{1, 2}, {1, 2}, {3, 5}, {4, 4}, {3, 5}, {4, 4}, {8, 8}, {8, 8}}, {0, 0, 0, 1, 0, 1, 0, 1}, 4, 1));
  const Duplicates& u = a.duplicates;
  EXPECT_EQ(u.within, 1);
  EXPECT_EQ(u.validation, 1);
  EXPECT_EQ(u.test, 1);
  EXPECT_EQ(u.conflicting, 1);
  EXPECT_EQ(u.leak, std::pair(int64_t{5}, int64_t{3}));
  EXPECT_EQ(u.conflict, std::pair(int64_t{7}, int64_t{6}));
  EXPECT_NE(all(a).find("1 of 3 test samples is in the training part, too (the first: row 6 as row 4)"), std::string::npos) << all(a);
  EXPECT_NE(all(a).find("row 8 as row 7"), std::string::npos) << all(a);
}

TEST(Audit, RowsWhoseHashesCouldMeetAreCompared) {
  std::vector<std::array<float, 2>> rows;
  std::vector<int32_t> labels;
  for (int i = 0; i < 4000; ++i) rows.push_back({float(i % 200), float(i / 200)}), labels.push_back(i % 2);
  Audit a = audit(source_of(rows, labels, 3000));
  EXPECT_EQ(a.duplicates.within + a.duplicates.test + a.duplicates.conflicting, 0);
  for (int i = 0; i < 1000; ++i) rows[size_t(3000 + i)] = rows[size_t(i)];
  EXPECT_EQ(audit(source_of(rows, labels, 3000)).duplicates.test, 1000);
}

TEST(Audit, ConstantColumnsAndEmptyOrUnevenClasses) {
  std::vector<std::array<float, 2>> rows;
  std::vector<int32_t> labels;
  for (int i = 0; i < 44; ++i) rows.push_back({float(i), i < 40 ? 7.f : float(i)}), labels.push_back(i == 1 || i == 2 ? 1 : 0);
  Audit a = audit(source_of(rows, labels, 40));
  EXPECT_EQ(a.constant, (std::vector<size_t>{1}));  // although it varies in the test part
  EXPECT_NE(all(a).find("1 of 2 features has one value in the whole training part and tells nothing: feature 2"), std::string::npos) << all(a);
  EXPECT_NE(all(a).find("classes are uneven: a has 38 samples to train on, b has 2"), std::string::npos) << all(a);
  EXPECT_NE(all(a).find("the test part has no samples of 1 class: b"), std::string::npos) << all(a);
}

TEST(Audit, NodeHasWhatTheReportNeeds) {
  Source s = source_of({{1, 2}, {2, 1}, {3, 5}, {4, 4}}, {0, 1, 0, 1}, 2, 1);
  s.data.unreadable = {"x.png: is empty"};
  Node n = data_node(s, audit(s));
  EXPECT_EQ(n.find("parts")->find("train")->integer, 2);
  EXPECT_EQ(n.find("classes")->items[1].find("train")->integer, 1);
  EXPECT_EQ(n.find("columns")->items[0].find("high")->real, 2);
  EXPECT_EQ(n.find("unreadable")->items[0].text, "x.png: is empty");
}

}  // namespace
}  // namespace synfire

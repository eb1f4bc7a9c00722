// A program with a German locale (decimal comma, points between thousands) that uses the library: numbers go in and out with points all the same.
#include <gtest/gtest.h>

#include <clocale>
#include <locale>
#include <sstream>

#include "synfire/data/source.h"
#include "synfire/interop/csv.h"
#include "synfire/model/toml.h"
#include "synfire/report/draw.h"
#include "tests/support/training.h"

namespace synfire {
namespace {

struct German : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

class LocaleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::locale::global(std::locale(std::locale::classic(), new German));
    for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"}) c_ = c_ || std::setlocale(LC_ALL, name);  // where one is installed
    std::ostringstream probe;
    probe << 1234.5;
    ASSERT_EQ(probe.str(), "1.234,5");
  }
  void TearDown() override {
    std::locale::global(std::locale::classic());
    std::setlocale(LC_ALL, "C");
  }
  bool c_ = false;
};

TEST_F(LocaleTest, ModelFiles) {
  Node t = parse_toml("a = 1234.5\nb = 1e-3\nc = 123456\nd = [0.5]", "m.toml");
  EXPECT_EQ(t.find("a")->real, 1234.5);
  EXPECT_EQ(t.find("b")->real, 1e-3);
  EXPECT_EQ(write_toml(t, false), "a = 1234.5\nb = 0.001\nc = 123456\nd = [0.5]\n");
  EXPECT_EQ(parse_toml_value("2.5", {}).real, 2.5);
  Node j = parse_json("{\"a\":1234.5,\"b\":1e-3,\"c\":123456}", "m.json");
  EXPECT_EQ(j.find("a")->real, 1234.5);
  EXPECT_EQ(write_json(j), "{\"a\":1234.5,\"b\":0.001,\"c\":123456}");
}

TEST_F(LocaleTest, Tables) {
  EXPECT_EQ(Csv::number("1234.5"), 1234.5);
  EXPECT_EQ(Csv::number("1,5"), std::nullopt);
  EXPECT_EQ(Csv::number("1,5", ','), 1.5);
}

TEST_F(LocaleTest, ARunIsTheSameToTheByte) {
  testing::TempFolder folder;
  std::string model = testing::perceptron("epochs = 1\nmax_steps = 1200\noptimizer = {kind = \"adam\", lr = 0.0025}\n");
  testing::Session german(model, folder / "german");
  german.begin();
  std::string drawn = draw_svg(german.job.model->net(), german.job.model->rows(), german.job.info(), "digits"), split = split_csv(german.job.source.split);
  TearDown();
  testing::Session plain(model, folder / "plain");
  plain.begin();
  testing::expect_same_run(folder / "german", folder / "plain", "under a German locale");
  EXPECT_EQ(drawn, draw_svg(plain.job.model->net(), plain.job.model->rows(), plain.job.info(), "digits"));
  EXPECT_EQ(split, split_csv(plain.job.source.split));
}

}  // namespace
}  // namespace synfire

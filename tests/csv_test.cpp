// CSV text: quotes, separators, headers, numbers under any locale; and mistakes with their places.
#include "synfire/interop/csv.h"

#include <gtest/gtest.h>

#include <clocale>

#include "synfire/base/format.h"

namespace synfire {
namespace {

Csv parse(std::string_view text, Csv::Options options = {}) { return Csv({bytes_of(text).begin(), bytes_of(text).end()}, "t.csv", options); }

std::vector<std::string> row(const Csv& csv, int64_t r) {
  std::vector<std::string> cells;
  for (int64_t c = 0; c < csv.columns(); ++c) cells.emplace_back(csv.cell(r, c));
  return cells;
}
using Row = std::vector<std::string>;

void refuse(std::string_view text, std::initializer_list<std::string> words, Csv::Options options = {}) {
  try {
    parse(text, options);
    ADD_FAILURE() << "taken: " << text;
  } catch (const Failure& f) {
    EXPECT_EQ(f.code(), Code::data);
    for (const std::string& w : words) EXPECT_NE(std::string(f.what()).find(w), std::string::npos) << w << " in: " << f.what();
  }
}

TEST(Csv, HeadersAreFoundOrGiven) {
  Csv named = parse("a,b\n1,2\n3,4\n"), bare = parse("1,2\n3,4"), forced = parse("1,2\n3,4", {.header = Csv::Header::yes}), none = parse("a,b\nc,d", {.header = Csv::Header::no});
  EXPECT_EQ(named.names(), (Row{"a", "b"}));
  EXPECT_EQ(named.rows(), 2);
  EXPECT_EQ(bare.names(), (Row{"column1", "column2"}));
  EXPECT_EQ(bare.rows(), 2);
  EXPECT_EQ(forced.names(), (Row{"1", "2"}));
  EXPECT_EQ(forced.rows(), 1);
  EXPECT_EQ(none.rows(), 2);
  EXPECT_EQ(row(none, 0), (Row{"a", "b"}));
}

TEST(Csv, QuotesBlanksAndEndings) {
  Csv csv = parse("\xEF\xBB\xBFname , \"x, y\" \r\n\r\n\"say \"\"hi\"\"\",\" 1 \"\r\n\"two\nlines\",2\n  \n");
  EXPECT_EQ(csv.names(), (Row{"name", "x, y"}));
  ASSERT_EQ(csv.rows(), 2);
  EXPECT_EQ(row(csv, 0), (Row{"say \"hi\"", " 1 "}));
  EXPECT_EQ(row(csv, 1), (Row{"two\nlines", "2"}));
  EXPECT_EQ(csv.where(1, 1).str(), "t.csv:5:8");
  EXPECT_EQ(row(parse("a,b\n,\n1,"), 0), (Row{"", ""}));
  EXPECT_EQ(row(parse("a,b\n1,"), 0), (Row{"1", ""}));
}

TEST(Csv, SeparatorsAreFound) {
  EXPECT_EQ(parse("a;b\n1,5;2\n").separator(), ';');
  EXPECT_EQ(parse("a\tb c\n1\t2\n").separator(), '\t');
  EXPECT_EQ(parse("a|b,c\n1|2,5\n").separator(), '|');
  EXPECT_EQ(parse("a,b\n1,\"x;y\"\n2,\"z;w\"").separator(), ',');
  EXPECT_EQ(row(parse("a|b\n1|2", {.separator = '|'}), 0), (Row{"1", "2"}));
}

TEST(Csv, NumbersAreTheSameUnderEveryLocale) {
  struct Case { const char* text; std::optional<double> value; };
  const Case cases[] = {{"1", 1.0}, {"-2.5", -2.5}, {"+1", 1.0}, {"1e-3", 1e-3}, {".5", 0.5}, {"5.", 5.0}, {"1E5", 1e5}, {"1e-400", 0.0}, {"0.1", 0.1},
                        {"", {}}, {"nan", {}}, {"inf", {}}, {"-inf", {}}, {"1,5", {}}, {"0x10", {}}, {"1e999", {}}, {"1 2", {}}, {"abc", {}}, {"1x", {}}, {"+-1", {}}, {"--1", {}}};
  std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* locale : {"C", "de_DE.UTF-8", "fr_FR.UTF-8"}) {
    std::setlocale(LC_ALL, locale);  // where it is not installed, nothing changes
    for (const Case& c : cases) EXPECT_EQ(Csv::number(c.text), c.value) << c.text;
  }
  std::setlocale(LC_ALL, before.c_str());
}

TEST(Csv, MistakesHaveTheirPlace) {
  refuse("", {"t.csv: has no rows"});
  refuse("\n\n", {"has no rows"});
  refuse("a,b\n", {"has a header but no rows"});
  refuse("a,b\n1,2\n3\n4,5,6\n", {"t.csv:3:1: the row has 1 cells, the first row has 2", "t.csv:4:1: the row has 3 cells"});
  refuse("a,b\n1,\"2\n3,4\n", {"t.csv:2:3: a quote does not end"});
  refuse("a,b\n\"1\"x,2\n", {"t.csv:2:1: a quote does not end where the cell does"});
  refuse("a,a\n1,2\n", {"t.csv:1:3: two columns are called \"a\""});
  refuse(std::string_view("a,b\n1,\0\n", 8), {"is not a text"});
  std::string many = "a,b\n";
  for (int i = 0; i < 9; ++i) many += "1\n";
  refuse(many, {"t.csv:6:1:", "(and 4 more like this)"});
  try {
    parse(many);
  } catch (const Failure& f) {
    EXPECT_EQ(f.errors().size(), 5u);
  }
}

TEST(Csv, NoTextCrashesIt) {
  std::string seed = "a,\"b\"\"c\",d\r\n1,\"2\n3\",4\n5,6,\"7\"\n";
  for (size_t n = 0; n <= seed.size(); ++n)
    for (char c : {'"', ',', '\n', '\r', ' ', '\0', ';', '\xff'}) {
      std::string cut = seed.substr(0, n) + c, put = seed.substr(0, n) + c + seed.substr(n);
      for (const std::string& text : {cut, put}) {
        try {
          Csv csv = parse(text);
          for (int64_t r = 0; r < csv.rows(); ++r)
            for (int64_t k = 0; k < csv.columns(); ++k) EXPECT_GE(csv.where(r, k).line, 1 + (csv.cell(r, k).size() > text.size()));
        } catch (const Failure& f) {
          EXPECT_EQ(f.code(), Code::data);
        }
      }
    }
}

}  // namespace
}  // namespace synfire

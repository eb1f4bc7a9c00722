// UTF-8: where it is broken, and text that is harmless to show.
#include "synfire/base/utf8.h"

#include <gtest/gtest.h>

#include "synfire/base/error.h"

namespace synfire {
namespace {

TEST(Utf8, TheFirstBadByte) {
  for (const char* good : {"", "plain", "Größe €", "\xf0\x9f\x98\x80", "\xef\xbf\xbf", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) EXPECT_EQ(first_bad_utf8(good), std::string_view(good).size()) << good;
  // Alone, cut off, overlong, a surrogate, beyond the last letter.
  for (const char* bad : {"\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80"})
    EXPECT_EQ(first_bad_utf8(std::string("ab") + bad), 2u) << bad;
}

TEST(Utf8, PrintableTextIsOneLineAndPaintsNothing) {
  EXPECT_EQ(printable("Größe € \"x\" \\"), "Größe € \"x\" \\");
  EXPECT_EQ(printable("a\nb\tc\x1b[31m\x7f"), "a\\x0ab\\x09c\\x1b[31m\\x7f");
  EXPECT_EQ(printable("\xff\xc3x\xc2\x9b"), "\\xff\\xc3x\\xc2\\x9b");  // U+009B begins an escape sequence, too
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
  for (int c = 0; c < 256; ++c) {
    std::string once = printable(std::string("x") + char(c) + "y");
    EXPECT_EQ(printable(once), once);
  }
}

TEST(Utf8, ErrorsArePrintableAndNotTooLong) {
  Failure f(Error{Code::data, {"a\nb"}, "\x1b[31m" + std::string(5000, 'x'), "h\r"});
  EXPECT_EQ(printable(f.what()), f.what());
  EXPECT_LT(f.errors()[0].message.size(), 2100u);
  Problems problems;
  for (int i = 0; i < 1000; ++i) problems.add(Code::config, {"m", i + 1}, "wrong");
  try {
    problems.throw_if_any();
    FAIL();
  } catch (const Failure& many) {
    EXPECT_EQ(many.errors().size(), 100u);
    EXPECT_NE(many.errors().back().message.find("900 more"), std::string::npos);
  }
}

}  // namespace
}  // namespace synfire

// The bounded reader, whole files, and the sizes that cannot wrap.
#include "synfire/base/reader.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <limits>

#include "synfire/base/checked.h"
#include "synfire/base/sha256.h"
#include "synfire/base/shape.h"
#include "tests/support/files.h"

namespace synfire {
namespace {

using testing::TempFolder;

template <class F>
void expect_failure(Code code, const std::string& words, const F& f) {
  try {
    f();
    ADD_FAILURE() << "nothing was wrong, but: " << words;
  } catch (const Failure& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    EXPECT_NE(std::string(e.what()).find(words), std::string::npos) << e.what();
  }
}

TEST(Reader, NumbersOfBothOrders) {
  std::string text("\x01\x02\x03\x04\x00\x00\x80\x3f\xff\xff", 10);
  Reader r(bytes_of(text), "f");
  EXPECT_EQ(r.big<uint32_t>("a"), 0x01020304u);
  EXPECT_EQ(r.little<float>("b"), 1.0f);
  EXPECT_EQ(r.little<int16_t>("c"), -1);
  EXPECT_EQ(r.left(), 0u);
  r.expect_end();
}

TEST(Reader, NeverBeyondTheEnd) {
  for (uint64_t n : {uint64_t{5}, uint64_t{1} << 32, std::numeric_limits<uint64_t>::max(), std::numeric_limits<uint64_t>::max() - 1}) {
    Reader r(bytes_of("abcd"), "f.bin");
    r.take(1, "one");
    expect_failure(Code::data, "f.bin: ends early: the rest needs", [&] { r.take(n - 1, "the rest"); r.take(1, "the rest"); });
  }
  Reader r(bytes_of("abcd"), "f.bin");
  EXPECT_EQ(r.text(0, "nothing"), "");
  expect_failure(Code::data, "ends early: a number needs 8 bytes at offset 0, 4 are left", [&] { r.little<double>("a number"); });
  EXPECT_EQ(r.text(4, "all"), "abcd") << "what failed took nothing";
  Reader half(bytes_of("abcd"), "f.bin");
  half.take(2, "half");
  expect_failure(Code::data, "f.bin: has 2 bytes more than it should, from offset 2", [&] { half.expect_end(); });
}

TEST(Reader, WholeFiles) {
  TempFolder folder;
  std::string text(300'000, 'x');
  folder.write("a", text), folder.write("empty", "");
  EXPECT_EQ(folder.read("a"), text);
  EXPECT_TRUE(read_file(folder.path("empty")).empty());
  expect_failure(Code::data, "the limit is 1000", [&] { read_file(folder.path("a"), 1000); });
  expect_failure(Code::io, "gone: cannot open", [&] { read_file(folder.path("gone")); });
  expect_failure(Code::io, "is a folder", [&] { read_file(folder.path()); });
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  expect_failure(Code::io, "not a regular file", [&] { read_file(folder.path("pipe")); });
  expect_failure(Code::io, "not a regular file", [&] { read_file("/dev/zero"); });
  EXPECT_FALSE(read_file("/proc/self/status").empty()) << "a file that claims to have no bytes";
}

TEST(Reader, SizesDoNotWrap) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(checked_mul(kMost, 1), kMost);
  EXPECT_EQ(checked_add(kMost - 1, 1), kMost);
  EXPECT_THROW(checked_mul(int64_t{1} << 32, int64_t{1} << 31), Failure);
  EXPECT_THROW(checked_add(kMost, 1), Failure);
  EXPECT_THROW((Shape{int64_t{1} << 40, int64_t{1} << 40}).numel(), Failure);
}

TEST(Reader, PlacesInBracesAreNotMessages) {
  expect_failure(Code::data, "a.csv: has no rows", [] { fail(Code::data, {"a.csv"}, "has no rows"); });
  expect_failure(Code::data, "a.csv: has no rows. Hint: add one", [] { fail(Code::data, {"a.csv"}, "has no rows", "add one"); });
  expect_failure(Code::io, "nothing works. Hint: rest", [] { fail(Code::io, "nothing works", "rest"); });
}

TEST(Sha256, ValuesOfTheStandard) {  // FIPS 180-4 and its examples
  EXPECT_EQ(sha256(bytes_of("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256(bytes_of("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(bytes_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(bytes_of(std::string(1'000'000, 'a'))), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesDoNotMatter) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += char(i * 7);
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    Sha256 h;
    h.update(std::string_view(text).substr(0, cut));
    h.hex();
    EXPECT_EQ(h.update(std::string_view(text).substr(cut)).hex(), sha256(bytes_of(text))) << cut;
  }
}

}  // namespace
}  // namespace synfire

// IDX files: values of every element type, folders, and what is refused.
#include "synfire/interop/idx.h"

#include <zlib.h>

#include "tests/support/files.h"
#include "tests/support/hostile.h"

namespace synfire {
namespace {

using testing::fixture;
using testing::Hostile;

// As Python's gzip.compress, without a date.
std::string gzipped(std::string_view text) {
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, text.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data())), z.avail_in = uInt(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data()), z.avail_out = uInt(out.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

std::string header(int type, std::initializer_list<uint32_t> dims) {
  std::string s{'\0', '\0', char(type), char(dims.size())};
  for (uint32_t d : dims)
    for (int shift = 24; shift >= 0; shift -= 8) s += char(d >> shift);
  return s;
}

void refuse(const std::string& file, const std::string& words) {
  try {
    parse_idx(bytes_of(file), "bad.idx");
    ADD_FAILURE() << "taken, but: " << words;
  } catch (const Failure& f) {
    EXPECT_EQ(f.code(), Code::data);
    EXPECT_NE(std::string(f.what()).find(words), std::string::npos) << f.what();
    EXPECT_EQ(std::string(f.what()).rfind("bad.idx: ", 0), 0u) << f.what();
  }
}

TEST(Idx, BytesPlainAndZipped) {
  for (const char* name : {"bytes.idx", "bytes.idx.gz"}) {
    Tensor t = parse_idx(bytes_of(fixture(name)), name);
    EXPECT_EQ(t.dtype, DType::u8);
    EXPECT_EQ(t.shape, (Shape{2, 3, 4}));
    for (int i = 0; i < 24; ++i) EXPECT_EQ(t.as<uint8_t>()[i], i);
  }
}

TEST(Idx, OtherNumbersBecomeFloats) {
  for (const char* name : {"i1.idx", "i2.idx", "i4.idx", "f4.idx", "f8.idx"}) {
    Tensor t = parse_idx(bytes_of(fixture(name)), name);
    EXPECT_EQ(t.dtype, DType::f32);
    EXPECT_EQ(t.shape, (Shape{5}));
    for (int i = 0; i < 5; ++i) EXPECT_EQ(t.as<float>()[i], float(i - 2)) << name;
  }
}

TEST(Idx, WhatIsWrittenIsRead) {
  EXPECT_EQ(encode_idx(parse_idx(bytes_of(fixture("bytes.idx")), "")), fixture("bytes.idx"));
  EXPECT_EQ(encode_idx(parse_idx(bytes_of(fixture("f4.idx")), "")), fixture("f4.idx"));
}

TEST(Idx, RefusedWithAReason) {
  std::string good = fixture("bytes.idx");
  refuse("", "ends early");
  refuse(good.substr(0, 10), "ends early");
  refuse(good.substr(0, 39), "claims the shape [2, 3, 4]");
  refuse(good + "x", "1 bytes more");
  refuse("PK\3\4aaaaaaaa", "is not an IDX file");
  refuse(header(0x07, {1}) + "a", "is not an IDX file");
  refuse(header(0x08, {}), "has 0 dimensions");
  refuse(header(0x08, {1, 1, 1, 1, 1, 1, 1, 1, 1}) + "a", "has 9 dimensions");
  refuse(header(0x08, {0xffffffff, 0xffffffff, 0xffffffff}), "overflows");
  refuse(header(0x0E, {0x7fffffff}) + "abcdefgh", "claims the shape");
  refuse(gzipped(good.substr(0, 39)), "ends early");
  refuse(gzipped(good + "x"), "more data than its header says");
  refuse(gzipped(good) + "x", "after the end");
  refuse(gzipped(header(0x08, {100000, 100000})), "claims the shape");
  std::string damaged = gzipped(good);
  damaged[damaged.size() - 6] ^= 1;  // the checksum
  refuse(damaged, "damaged");
}

TEST(Idx, HostileFiles) { Hostile(fixture("bytes.idx"), [](Bytes b) { parse_idx(b, "hostile"); }).all(); }
TEST(Idx, HostileFloats) { Hostile(fixture("f8.idx"), [](Bytes b) { parse_idx(b, "hostile"); }).all(); }
TEST(Idx, HostileGzip) { Hostile(fixture("bytes.idx.gz"), [](Bytes b) { parse_idx(b, "hostile"); }).all(); }
TEST(Idx, HostileInsideGzip) { Hostile(fixture("bytes.idx"), [](Bytes b) { parse_idx(bytes_of(gzipped(text_of(b))), "hostile"); }).all(); }

TEST(Idx, BombsCostNoMemory) {
  std::string large = header(0x08, {100, 1000, 1000}) + std::string(100'000'000, '\0');
  std::string bomb = gzipped(large.substr(0, large.size() - 1));  // one byte less than it claims
  large.clear(), large.shrink_to_fit();
  Hostile h(fixture("bytes.idx"), [](Bytes b) { parse_idx(b, "hostile"); });
  h.judge(bomb, "bomb");
  bomb[bomb.size() - 1] ^= 1;
  h.judge(bomb, "bomb with a wrong length");
  EXPECT_EQ(h.refused(), 2);
}

TEST(Idx, FoldersOfFourFiles) {
  testing::TempFolder folder;
  std::string images = fixture("bytes.idx"), labels = header(0x08, {2}) + std::string("\1\0", 2);
  EXPECT_FALSE(has_idx_files(folder.path()));
  folder.write("train-images-idx3-ubyte", images), folder.write("train-labels.idx1-ubyte.gz", gzipped(labels));
  EXPECT_TRUE(has_idx_files(folder.path()));
  IdxSet set = read_idx_folder(folder.path());
  EXPECT_EQ(set.x.shape, (Shape{2, 3, 4}));
  EXPECT_EQ(set.y.shape, (Shape{2}));
  EXPECT_FALSE(set.x_test || set.y_test);
  folder.write("t10k-images-idx3-ubyte.gz", gzipped(images));
  EXPECT_THROW(read_idx_folder(folder.path()), Failure) << "test images without labels";
  folder.write("t10k-labels-idx1-ubyte", labels);
  set = read_idx_folder(folder.path());
  ASSERT_TRUE(set.x_test && set.y_test);
  EXPECT_EQ(*set.x_test, set.x);
  EXPECT_THROW(read_idx_folder(folder.path("nothing")), Failure);
}

}  // namespace
}  // namespace synfire

// NPZ archives as NumPy wrote them, stored and deflated; and what is refused.
#include <zip.h>

#include "synfire/interop/npy.h"
#include "tests/support/files.h"
#include "tests/support/hostile.h"

namespace synfire {
namespace {

using testing::fixture;
using testing::Hostile;

// An archive with these contents, right in itself whatever they are.
std::string archive(const std::vector<std::pair<std::string, std::string>>& entries) {
  testing::TempFolder folder;
  int error = 0;
  zip_t* z = zip_open(folder.path("a.npz").c_str(), ZIP_CREATE, &error);
  for (const auto& [name, content] : entries) zip_file_add(z, name.c_str(), zip_source_buffer(z, content.data(), content.size(), 0), 0);
  EXPECT_EQ(zip_close(z), 0);
  return folder.read("a.npz");
}

TEST(Npz, StoredAndDeflated) {
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    auto arrays = parse_npz(bytes_of(fixture(name)), name);
    ASSERT_EQ(arrays.size(), 2u);
    EXPECT_EQ(arrays.at("x").shape, (Shape{4, 3}));
    for (int i = 0; i < 12; ++i) EXPECT_EQ(arrays.at("x").as<float>()[i], float(i - 2));
    EXPECT_EQ(arrays.at("y").dtype, DType::i64);
    EXPECT_EQ(arrays.at("y").as<int64_t>()[2], 2);
  }
}

TEST(Npz, WhatIsWrittenIsRead) {
  auto arrays = parse_npz(bytes_of(fixture("stored.npz")), "");
  std::string written = encode_npz(arrays);
  EXPECT_EQ(parse_npz(bytes_of(written), ""), arrays);
  EXPECT_EQ(encode_npz(arrays), written) << "equal arrays make equal files";
}

void refuse(const std::string& file, const std::string& words) {
  try {
    parse_npz(bytes_of(file), "bad.npz");
    ADD_FAILURE() << "taken, but: " << words;
  } catch (const Failure& f) {
    EXPECT_EQ(f.code(), Code::data);
    EXPECT_NE(std::string(f.what()).find(words), std::string::npos) << f.what();
  }
}

TEST(Npz, RefusedWithAReason) {
  std::string good = fixture("f4_little.npy");
  refuse("", "is empty");
  refuse("PK", "not a readable NPZ archive");
  refuse(good, "not a readable NPZ archive");
  refuse(archive({{"readme.txt", "hello"}}), "which is no array");
  refuse(archive({{"x.npy", fixture("refused_objects.npy")}}), "bad.npz[x]: holds Python objects");
  refuse(archive({{"x.npy", good.substr(0, good.size() - 1)}}), "its header claims");
  refuse(archive({{"x.npy", good + "x"}}), "its header claims");
  refuse(archive({{"x.npy", ""}}), "bad.npz[x]: is empty");
  refuse(archive({{"x.npy", "nonsense"}}), "not an NPY array");
}

TEST(Npz, HostileFiles) {
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    Hostile h(fixture(name), [](Bytes b) { parse_npz(b, "hostile"); });
    h.truncations(), h.bit_flips();
    for (size_t width : {2, 4, 8}) h.integers(width, false, 0, 1 << 20);
  }
}

TEST(Npz, HostileArraysInAGoodArchive) {
  Hostile h(fixture("f4_little.npy"), [](Bytes b) { parse_npz(bytes_of(archive({{"x.npy", std::string(text_of(b))}})), "hostile"); });
  h.truncations(), h.written_numbers(), h.integers(2, false, 0, 12);
}

TEST(Npz, BombsCostNoMemory) {
  Tensor t(DType::u8, {100'000'000});
  std::string large = encode_npy(t);
  t = {};
  std::string bomb = archive({{"x.npy", large}}), liar = archive({{"a.npy", fixture("f4_little.npy")}, {"x.npy", large.substr(0, large.size() - 1)}}),
              second = archive({{"a.npy", large}, {"x.npy", "nonsense"}});
  large.clear(), large.shrink_to_fit();
  Hostile h(fixture("stored.npz"), [](Bytes b) { parse_npz(b, "hostile"); });
  h.judge(liar, "header that claims one byte more");
  h.judge(second, "bomb before a damaged array");
  bomb[bomb.find("PK\1\2") + 16] ^= 1;
  h.judge(bomb, "bomb with a wrong checksum");
  EXPECT_EQ(h.refused(), 3);
}

}  // namespace
}  // namespace synfire

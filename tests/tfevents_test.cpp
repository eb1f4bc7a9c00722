// Event files: checksums, records and messages against numbers of others, and a small reader written for this test alone.
#include "synfire/interop/tfevents.h"

#include <gtest/gtest.h>
#include <png.h>

#include <cstring>
#include <filesystem>

#include "synfire/interop/png_write.h"
#include "tests/support/files.h"

namespace synfire {
namespace {

using testing::TempFolder;

TEST(TfEvents, Crc32cHasTheKnownValues) {  // RFC 3720, B.4
  std::string zeros(32, '\0'), ones(32, '\xff'), up, down;
  for (int i = 0; i < 32; ++i) up += char(i), down += char(31 - i);
  EXPECT_EQ(crc32c(bytes_of(zeros)), 0x8a9136aau);
  EXPECT_EQ(crc32c(bytes_of(ones)), 0x62a8ab43u);
  EXPECT_EQ(crc32c(bytes_of(up)), 0x46dd794eu);
  EXPECT_EQ(crc32c(bytes_of(down)), 0x113fdb5cu);
  EXPECT_EQ(crc32c(bytes_of("123456789")), 0xe3069283u);
  EXPECT_EQ(crc32c(bytes_of("")), 0u);
  EXPECT_EQ(masked_crc32c(bytes_of("")), 0xa282ead8u);
}

TEST(TfEvents, CrcOfPartsOfAnyLength) {  // the wide loop and the one over bytes agree
  std::string text;
  for (int i = 0; i < 200; ++i) text += char(i * 37);
  for (size_t n = 0; n < text.size(); ++n) {
    uint32_t slow = ~0u;
    for (size_t i = 0; i < n; ++i) {
      slow ^= uint8_t(text[i]);
      for (int k = 0; k < 8; ++k) slow = slow >> 1 ^ (slow & 1 ? 0x82F63B78u : 0);
    }
    ASSERT_EQ(crc32c(bytes_of(std::string_view(text).substr(0, n))), ~slow) << n;
  }
}

// The messages of a file, each record checked.
std::vector<std::string> records(const std::string& path) {
  std::vector<std::byte> file = read_file(path);
  Reader r(file, path);
  std::vector<std::string> all;
  while (r.left() > 0) {
    Bytes head = r.take(8, "length");
    uint64_t n;
    std::memcpy(&n, head.data(), 8);
    EXPECT_EQ(r.little<uint32_t>("crc"), masked_crc32c(head));
    Bytes data = r.take(n, "data");
    EXPECT_EQ(r.little<uint32_t>("crc"), masked_crc32c(data));
    all.emplace_back(text_of(data));
  }
  return all;
}

struct Field { int number; uint64_t whole; std::string bytes; };

std::vector<Field> fields(std::string_view m) {
  std::vector<Field> all;
  Reader r(bytes_of(m), "message");
  auto varint = [&] {
    uint64_t v = 0;
    for (int shift = 0;; shift += 7) {
      auto b = r.little<uint8_t>("varint");
      v |= uint64_t(b & 127) << shift;
      if (!(b & 128)) return v;
    }
  };
  while (r.left() > 0) {
    uint64_t key = varint();
    Field f{int(key >> 3), 0, {}};
    if ((key & 7) == 0) f.whole = varint();
    else f.bytes = r.text((key & 7) == 1 ? 8 : (key & 7) == 5 ? 4 : varint(), "field");
    all.push_back(f);
  }
  return all;
}

template <class T> T as(const std::string& bytes, size_t at = 0) {
  T v;
  EXPECT_LE((at + 1) * sizeof v, bytes.size());
  std::memcpy(&v, bytes.data() + at * sizeof v, sizeof v);
  return v;
}

TEST(TfEvents, MessagesAreEncodedAsTheirDefinitionsSay) {
  TempFolder folder;
  std::vector<double> limits{-1, 0.5, 2}, counts{1, 5, 300};
  std::string long_tag(300, 'x'), path;
  {
    EventFile file(folder.path(), 0);
    path = file.path();
    file.begin(300);
    file.scalar("train/loss", 0.25f), file.scalar(long_tag, -3);
    file.end();
    file.begin(int64_t{1} << 40);
    file.histogram("w", {-1.5, 2, 306, 7, 9, limits, counts});
    file.image("filters", 2, 3, 1, "not read here");
    file.end();
    file.begin(5);  // nothing in it: no event
    file.end();
  }
  EXPECT_NE(std::filesystem::path(path).filename().string().find("events.out.tfevents."), std::string::npos);
  std::vector<std::string> all = records(path);
  ASSERT_EQ(all.size(), 3u);
  auto first = fields(all[0]), second = fields(all[1]), third = fields(all[2]);
  EXPECT_GT(as<double>(first[0].bytes), 1.7e9);
  EXPECT_EQ(first[1].number, 3); EXPECT_EQ(first[1].bytes, "brain.Event:2");
  EXPECT_EQ(second[1].number, 2); EXPECT_EQ(second[1].whole, 300u);
  ASSERT_EQ(second[2].number, 5);
  auto values = fields(second[2].bytes);
  ASSERT_EQ(values.size(), 2u);
  auto loss = fields(values[0].bytes), other = fields(values[1].bytes);
  EXPECT_EQ(loss[0].bytes, "train/loss"); EXPECT_EQ(loss[1].number, 2); EXPECT_EQ(as<float>(loss[1].bytes), 0.25f);
  EXPECT_EQ(other[0].bytes, long_tag); EXPECT_EQ(as<float>(other[1].bytes), -3);
  EXPECT_EQ(third[1].whole, uint64_t{1} << 40);
  values = fields(third[2].bytes);
  auto histo = fields(fields(values[0].bytes)[1].bytes);
  ASSERT_EQ(histo.size(), 7u);
  double expected[] = {-1.5, 2, 306, 7, 9};
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(histo[i].number, int(i) + 1);
    EXPECT_EQ(as<double>(histo[i].bytes), expected[i]);
  }
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(as<double>(histo[5].bytes, i), limits[i]);
    EXPECT_EQ(as<double>(histo[6].bytes, i), counts[i]);
  }
  auto image = fields(fields(values[1].bytes)[1].bytes);
  EXPECT_EQ(image[0].whole, 2u); EXPECT_EQ(image[1].whole, 3u); EXPECT_EQ(image[2].whole, 1u); EXPECT_EQ(image[3].bytes, "not read here");
}

TEST(TfEvents, AFurtherFileHasAnotherNameAndSaysWhereItBegins) {
  TempFolder folder;
  EventFile one(folder.path(), 0), two(folder.path(), 41), three(folder.path(), 0);
  EXPECT_NE(one.path(), two.path()); EXPECT_NE(two.path(), three.path());
  auto all = records(two.path());
  ASSERT_EQ(all.size(), 2u);
  auto restart = fields(all[1]);
  EXPECT_EQ(restart[1].whole, 41u);
  EXPECT_EQ(restart[2].number, 7);
  EXPECT_EQ(fields(restart[2].bytes)[0].whole, 1u);  // SessionLog.START
  EXPECT_THROW(EventFile(folder / "nowhere", 0), Failure);
}

TEST(PngWrite, LibpngReadsTheSamePixels) {
  for (int channels : {1, 3}) {
    std::vector<uint8_t> pixels, back(size_t(5 * 7 * channels));
    for (size_t i = 0; i < back.size(); ++i) pixels.push_back(uint8_t(i * 13));
    std::string file = encode_png(pixels, 5, 7, channels);
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    ASSERT_TRUE(png_image_begin_read_from_memory(&image, file.data(), file.size()));
    EXPECT_EQ(image.height, 5u); EXPECT_EQ(image.width, 7u);
    image.format = channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    ASSERT_TRUE(png_image_finish_read(&image, nullptr, back.data(), 0, nullptr));
    EXPECT_EQ(back, pixels);
  }
  EXPECT_THROW(encode_png(std::vector<uint8_t>(10), 2, 6, 1), Failure);
}

}  // namespace
}  // namespace synfire

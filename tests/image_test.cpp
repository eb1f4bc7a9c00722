// Pictures: pixels of every kind of PNG and JPEG, orientation, resizing, hostile files, and folders of them.
#include "synfire/interop/image.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "synfire/data/picture_files.h"
#include "synfire/data/pictures.h"
#include "tests/support/files.h"
#include "tests/support/hostile.h"

namespace synfire {
namespace {

using testing::fixture;
using testing::Hostile;
using testing::TempFolder;

struct Picture {
  ImageInfo info;
  std::vector<uint8_t> pixels;
  int64_t channels;
  int at(int64_t h, int64_t w, int64_t c) const { return pixels[size_t((h * info.width + w) * channels + c)]; }
};

Picture read(const std::string& name, int64_t channels) {
  std::string text = fixture("pictures/" + name);
  Picture p{image_info(bytes_of(text), name), {}, channels};
  p.pixels = decode_image(bytes_of(text), name, p.info, channels);
  return p;
}

// Pillow drew it: 16 rows of 24; left red, right blue, and the upper left quarter green.
void expect_pattern(const Picture& p, int tolerance) {
  ASSERT_EQ(p.info.height, 16);
  ASSERT_EQ(p.info.width, 24);
  struct { int64_t h, w; int colour[3]; } spots[] = {{2, 2, {30, 200, 30}}, {13, 2, {220, 30, 30}}, {2, 20, {30, 30, 220}}, {13, 20, {30, 30, 220}}};
  for (const auto& s : spots)
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(p.at(s.h, s.w, c), s.colour[c], tolerance) << s.h << " " << s.w << " " << c;
}

TEST(Image, PngAndJpegHaveTheSamePixels) {
  expect_pattern(read("colour.png", 3), 0);
  expect_pattern(read("palette.png", 3), 0);
  expect_pattern(read("colour.jpg", 3), 3);
  expect_pattern(read("progressive.jpg", 3), 12);  // its colours are stored at half the resolution
}

TEST(Image, ColourIsWhatTheHeaderSays) {
  for (const char* name : {"colour.png", "palette.png", "colour.jpg", "progressive.jpg", "alpha.png"}) EXPECT_TRUE(read(name, 3).info.colour) << name;
  for (const char* name : {"grey.png", "grey.jpg", "grey16.png", "bits.png"}) EXPECT_FALSE(read(name, 1).info.colour) << name;
}

TEST(Image, GreyFromColourAndBack) {
  // Luma of ITU-R BT.601, as Pillow and libjpeg have it: 0.299 R + 0.587 G + 0.114 B.
  EXPECT_NEAR(read("colour.jpg", 1).at(13, 2, 0), 0.299 * 220 + 0.701 * 30, 3);
  EXPECT_EQ(read("colour.png", 1).pixels, read("grey.png", 1).pixels);
  EXPECT_EQ(read("grey.png", 1).at(13, 2, 0), int(std::lround(0.299 * 220 + 0.701 * 30)));
  Picture p = read("grey.jpg", 3);
  for (int c = 0; c < 3; ++c) EXPECT_EQ(p.at(13, 2, c), read("grey.jpg", 1).at(13, 2, 0));
}

TEST(Image, TransparentIsWhiteAndSixteenBitsAreEight) {
  Picture p = read("alpha.png", 3);
  for (int c = 0; c < 3; ++c) EXPECT_EQ(p.at(0, 0, c), 255);
  expect_pattern(p, 0);
  Picture deep = read("grey16.png", 1);  // pixel i is 170 i of 65535
  for (int64_t i : {0, 100, 200, 383}) EXPECT_NEAR(deep.pixels[size_t(i)], 170.0 * double(i) / 257, 1.0) << i;
}

TEST(Image, IsTurnedAsItIsLookedAt) {
  for (const char* name : {"turned3.jpg", "turned5.jpg", "turned6.jpg", "turned7.jpg", "turned8.jpg"}) {
    SCOPED_TRACE(name);
    expect_pattern(read(name, 3), 3);
  }
}

std::string refusal(std::string_view bytes) {
  try {
    ImageInfo info = image_info(bytes_of(bytes), "f");
    decode_image(bytes_of(bytes), "f", info, 3);
  } catch (const Failure& f) {
    EXPECT_EQ(f.code(), Code::data);
    return f.what();
  }
  return "taken";
}

TEST(Image, WhatIsNotRead) {
  EXPECT_NE(refusal("").find("is empty"), std::string::npos);
  EXPECT_NE(refusal("hello, this is a text").find("is no picture"), std::string::npos);
  EXPECT_NE(refusal("GIF89a").find("is a GIF file"), std::string::npos);
  EXPECT_NE(refusal(std::string_view("RIFF\0\0\0\0WEBPVP8 ", 16)).find("is a WebP file"), std::string::npos);
  EXPECT_NE(refusal(fixture("pictures/cmyk.jpg")).find("4 components"), std::string::npos);
  std::string png = fixture("pictures/colour.png"), jpeg = fixture("pictures/colour.jpg");
  EXPECT_NE(refusal(png.substr(0, png.size() / 2 + 10)).find("ends early"), std::string::npos);
  std::string claim = png;  // a text of a gigabyte before the pixels: libpng would ask for the memory first
  claim.insert(33, std::string("\x45\0\0\0tEXta\0b", 11));
  EXPECT_NE(refusal(claim).find("ends early: a chunk needs 1157627908 bytes"), std::string::npos) << refusal(claim);
  EXPECT_NE(refusal(jpeg.substr(0, jpeg.size() - 40)).find("it ends early"), std::string::npos);
}

TEST(Image, HeadersThatLieCostNoMemory) {
  std::string png = fixture("pictures/colour.png");
  for (int at : {16, 20})
    for (int i = 0; i < 4; ++i) png[size_t(at + i)] = i == 1 ? '\x01' : '\0';  // 65536 x 65536
  EXPECT_NE(refusal(png).find("more than its"), std::string::npos) << refusal(png);
  std::string jpeg = fixture("pictures/colour.jpg");
  size_t frame = jpeg.find("\xff\xc0");
  for (int i : {5, 6, 7, 8}) jpeg[frame + size_t(i)] = '\xff';
  EXPECT_NE(refusal(jpeg).find("more than its"), std::string::npos) << refusal(jpeg);
}

void parse(Bytes b) {
  ImageInfo info = image_info(b, "hostile");
  decode_image(b, "hostile", info, 3);
}
TEST(Image, HostilePng) { Hostile(fixture("pictures/palette.png"), parse).truncations(), Hostile(fixture("pictures/colour.png"), parse).all(); }
TEST(Image, HostileJpeg) { Hostile h(fixture("pictures/turned6.jpg"), parse); h.truncations(), h.bit_flips(), h.integers(2, true, 0, 800); }
TEST(Image, HostileProgressive) { Hostile h(fixture("pictures/progressive.jpg"), parse); h.truncations(), h.bit_flips(); }

TEST(Resize, KeepsWhatIsFlatAndMeansWhatIsShrunk) {
  std::vector<uint8_t> flat(7 * 9 * 3, 77), out(5 * 20 * 3);
  resize_image(flat.data(), 7, 9, 3, out.data(), 5, 20);
  for (uint8_t v : out) EXPECT_EQ(v, 77);
  std::vector<uint8_t> ramp(64 * 64), small(8 * 8);  // along w: 0, 4, 8 …
  for (int i = 0; i < 64 * 64; ++i) ramp[size_t(i)] = uint8_t(i % 64 * 4);
  resize_image(ramp.data(), 64, 64, 1, small.data(), 8, 8);
  for (int w = 1; w < 7; ++w) EXPECT_NEAR(small[size_t(3 * 8 + w)], (w * 8 + 3.5) * 4, 0.51);
  std::vector<uint8_t> two{0, 100}, four(4);  // bilinear, pixel centres at halves
  resize_image(two.data(), 1, 2, 1, four.data(), 1, 4);
  EXPECT_EQ(four, (std::vector<uint8_t>{0, 25, 75, 100}));
}

struct PictureFolders : ::testing::Test {
  TempFolder folder;
  void put(const std::string& path, const std::string& name = "colour.png") { folder.write(path, fixture("pictures/" + name)); }
  std::string problems_of(const std::vector<std::string>* known = nullptr) {
    Problems problems;
    try {
      set = find_pictures(folder.path(), known, problems);
      problems.throw_if_any();
    } catch (const Failure& f) {
      return f.what();
    }
    return "";
  }
  PictureFolder set;
};

TEST_F(PictureFolders, AFolderIsAClass) {
  for (const char* p : {"b/2.png", "b/1.JPG", "a/deep/er/x.png", "a/notes.txt", ".hidden/x.png", "b/.x.png", "loose.png"}) put(p);
  EXPECT_EQ(problems_of(), "");
  EXPECT_EQ(set.classes, (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(set.files.size(), 3u);
  EXPECT_EQ(set.files[0].path, folder / "a/deep/er/x.png");
  EXPECT_EQ(set.files[1].path, folder / "b/1.JPG");
  EXPECT_EQ(set.files[1].label, 1);
  EXPECT_FALSE(set.parts);
  ASSERT_EQ(set.notes.size(), 2u);
  EXPECT_NE(set.notes[0].find("loose.png"), std::string::npos);
  EXPECT_NE(set.notes[1].find("notes.txt"), std::string::npos);
}

TEST_F(PictureFolders, TrainValAndTestWin) {
  for (const char* p : {"train/10/1.png", "train/9/1.png", "Val/9/1.png", "test/10/1.png"}) put(p);
  EXPECT_EQ(problems_of(), "");
  EXPECT_EQ(set.classes, (std::vector<std::string>{"9", "10"}));
  EXPECT_TRUE(set.parts);
  EXPECT_EQ(set.files[2].part, Part::validation);
  EXPECT_EQ(set.files[3].part, Part::test);
  put("test/11/1.png");
  EXPECT_NE(problems_of().find("the class \"11\" is not one of train/"), std::string::npos) << problems_of();
  std::vector<std::string> known{"9", "10", "11"};
  EXPECT_EQ(problems_of(&known), "");
  EXPECT_EQ(set.classes, known);
}

TEST_F(PictureFolders, MistakesAreNamed) {
  put("test/a/1.png");
  EXPECT_NE(problems_of().find("a val or test folder and no train folder"), std::string::npos) << problems_of();
  put("cat/1.png");
  EXPECT_EQ(problems_of(), "") << "a class may be called test";
  put("train/cat/1.png"), put("train/dog/1.png");
  EXPECT_NE(problems_of().find("has beside train/ the folder cat"), std::string::npos) << problems_of();
}

TEST_F(PictureFolders, LinksThatLeadInACircle) {
  put("a/1.png"), put("b/1.png");
  std::filesystem::create_directory_symlink("..", folder / "a/up");
  EXPECT_NE(problems_of().find("a/up: is a link that leads back"), std::string::npos) << problems_of();
  std::filesystem::remove(folder / "a/up");
  std::filesystem::create_directory_symlink("../b", folder / "a/other");  // a link elsewhere is followed
  EXPECT_EQ(problems_of(), "");
  EXPECT_EQ(set.files.size(), 3u);
}

TEST_F(PictureFolders, PicturesAreTheSameOnAnyNumberOfThreads) {
  std::vector<std::string> files;
  for (const char* name : {"colour.png", "grey.png", "turned6.jpg", "colour.jpg"})
    for (int i = 0; i < 9; ++i) files.push_back(folder / fmt::format("{}{}", i, name)), put(fmt::format("{}{}", i, name), name);
  Problems problems;
  Pool pool(3);
  Pictures one = read_pictures(files, "set", {10, 12, 0, false}, nullptr, problems), three = read_pictures(files, "set", {10, 12, 0, false}, &pool, problems);
  problems.throw_if_any();
  EXPECT_EQ(one.x.shape, (Shape{36, 10, 12, 3}));
  EXPECT_EQ(one.x, three.x);
  EXPECT_EQ(one.resized, 36);
}

TEST_F(PictureFolders, BrokenFilesAreLeftOutWhenAsked) {
  std::vector<std::string> files;
  for (const char* name : {"1.png", "2.png", "3.png", "4.png"}) files.push_back(folder / name), put(name);
  std::string png = fixture("pictures/colour.png");
  folder.write("1.png", "no picture"), folder.write("3.png", png.substr(0, 70));  // by its header, and by its pixels
  Problems problems;
  Pictures p = read_pictures(files, "set", {0, 0, 0, true}, nullptr, problems);
  problems.throw_if_any();
  EXPECT_EQ(p.read, (std::vector<size_t>{1, 3}));
  EXPECT_EQ(p.x.shape, (Shape{2, 16, 24, 3}));
  EXPECT_EQ(p.unreadable.size(), 2u);
  Picture good = read("colour.png", 3);
  for (size_t n : {0, 1}) EXPECT_TRUE(std::equal(good.pixels.begin(), good.pixels.end(), p.x.as<uint8_t>() + n * good.pixels.size())) << n;
  read_pictures(files, "set", {}, nullptr, problems);
  std::string said;
  try {
    problems.throw_if_any();
  } catch (const Failure& f) {
    said = f.what();
  }
  EXPECT_NE(said.find("set: 2 of 4 pictures cannot be read"), std::string::npos) << said;
  EXPECT_NE(said.find("1.png: is no picture"), std::string::npos) << said;
  EXPECT_NE(said.find("3.png: ends early"), std::string::npos) << said;
}

}  // namespace
}  // namespace synfire

// PNG: the header by our own reader, the pixels by libpng's simplified interface, which checks every chunk and never jumps out of our code.
#include <png.h>

#include <algorithm>

#include "synfire/base/format.h"
#include "synfire/interop/image.h"

namespace synfire::detail {

// zlib packs no better than 1032 to 1; 64 KB are for what is small enough anyway.
static constexpr uint64_t kMostPacked = 1032, kSmall = 1 << 16;

// libpng asks for as much memory as some chunks claim, before it looks whether the file has it. r: behind the header's data.
static void expect_whole_chunks(Reader& r) {
  r.take(std::min<size_t>(r.left(), 3 + 4), "the header");  // compression, filter, interlace; checksum
  while (r.left() >= 8) {
    uint32_t length = r.big<uint32_t>("a chunk");
    std::string_view type = r.text(4, "a chunk");
    if (type == "IEND") return;
    r.take(uint64_t{length} + 4, "a chunk");
  }
}

ImageInfo png_info(Reader r) {
  size_t size = r.left();
  r.take(8, "the signature");
  uint32_t length = r.big<uint32_t>("the first chunk");
  if (r.text(4, "the first chunk") != "IHDR" || length != 13) r.fail("does not begin with a header chunk");
  uint32_t width = r.big<uint32_t>("the width"), height = r.big<uint32_t>("the height");
  int depth = r.big<uint8_t>("the depth"), type = r.big<uint8_t>("the colour type");
  static constexpr int kSamples[] = {1, 0, 3, 1, 2, 0, 4};
  if (type > 6 || kSamples[type] == 0 || (depth != 1 && depth != 2 && depth != 4 && depth != 8 && depth != 16)) r.fail(fmt::format("has colour type {} with {} bits, which PNG does not know", type, depth));
  if (width > INT32_MAX || height > INT32_MAX) r.fail(fmt::format("claims {} x {} pixels", height, width), "the header is damaged");
  uint64_t row = (uint64_t{width} * uint64_t(kSamples[type] * depth) + 7) / 8;  // below 2^37
  if (row > 0 && height > (kMostPacked * size + kSmall) / row)
    r.fail(fmt::format("claims {} x {} pixels, more than its {} bytes can hold", height, width, size), "the header is damaged");
  expect_whole_chunks(r);
  return {int64_t{height}, int64_t{width}, type != 0 && type != 4, false, 1};
}

void decode_png(Bytes bytes, const std::string& file, int64_t channels, uint8_t* pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  bool good = png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) != 0;
  bool to_grey = channels == 1 && (image.format & PNG_FORMAT_FLAG_COLOR) != 0;
  image.format = channels == 1 && !to_grey ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // 16 bits are no sign of linear light, as PNG files are
  std::vector<uint8_t> colours(good && to_grey ? size_t{image.height} * image.width * 3 : 0);
  png_color white{255, 255, 255};
  good = good && png_image_finish_read(&image, &white, to_grey ? colours.data() : pixels, 0, nullptr) != 0;
  std::string why = image.message;
  png_image_free(&image);
  if (!good) fail(Code::data, {file}, fmt::format("cannot be decoded: {}", why), "the file is cut off or damaged");
  for (size_t i = 0; i < colours.size(); i += 3)  // ITU-R BT.601 luma, as JPEG stores it; libpng's own weighs linear light
    pixels[i / 3] = uint8_t((19595u * colours[i] + 38470u * colours[i + 1] + 7471u * colours[i + 2] + 32768u) >> 16);
}

}  // namespace synfire::detail

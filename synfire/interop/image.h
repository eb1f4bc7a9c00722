// Pictures in PNG and JPEG files, as bytes [height, width, channels]. Headers are read and judged by code of our own before libpng or
// libjpeg see a file: what claims more pixels than its bytes can hold is refused before memory is asked for.
#pragma once
#include "synfire/base/reader.h"

namespace synfire {

struct ImageInfo {
  int64_t height = 0, width = 0;  // as it is looked at: turned by its orientation
  bool colour = false;            // says the header; the pixels may be grey all the same
  bool jpeg = false;
  int orientation = 1;            // Exif's 1 … 8, of JPEG files
};

constexpr int64_t kMaxPixels = 100'000'000;        // of one picture
constexpr uint64_t kMaxImageBytes = 256u << 20;    // of its file

// Throws Failure(Code::data): not PNG or JPEG, cut off, no pixels, too many, more than the file can hold, a kind that is not read.
ImageInfo image_info(Bytes bytes, const std::string& file);

// u8 [height, width, channels], channels 1 or 3. Transparent parts are laid on white; 16 bits become 8. Throws Failure(Code::data) when
// a part is missing or damaged.
std::vector<uint8_t> decode_image(Bytes bytes, const std::string& file, const ImageInfo& info, int64_t channels);

// Bilinear; a pixel of a smaller picture is the weighted mean of all that it covers (a triangle of two of its own widths).
void resize_image(const uint8_t* from, int64_t height, int64_t width, int64_t channels, uint8_t* to, int64_t to_height, int64_t to_width);

namespace detail {
ImageInfo png_info(Reader r);
ImageInfo jpeg_info(Reader r);
// pixels: [height, width, channels] as stored in the file.
void decode_png(Bytes bytes, const std::string& file, int64_t channels, uint8_t* pixels);
void decode_jpeg(Bytes bytes, const std::string& file, int64_t height, int64_t width, int64_t channels, uint8_t* pixels);
}  // namespace detail

}  // namespace synfire

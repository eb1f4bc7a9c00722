// What a picture's file is, turning by orientation, and resizing.
#include "synfire/interop/image.h"

#include <algorithm>
#include <cmath>

#include "synfire/base/format.h"

namespace synfire {
namespace {

// Pixel (h, w) of the picture as it is looked at comes from (y, x) of the stored one, sh x sw. Exif 2.3, 4.6.4 A.
std::pair<int64_t, int64_t> stored_place(int orientation, int64_t h, int64_t w, int64_t sh, int64_t sw) {
  switch (orientation) {
    case 2: return {h, sw - 1 - w};
    case 3: return {sh - 1 - h, sw - 1 - w};
    case 4: return {sh - 1 - h, w};
    case 5: return {w, h};
    case 6: return {sh - 1 - w, h};
    case 7: return {sh - 1 - w, sw - 1 - h};
    case 8: return {w, sw - 1 - h};
    default: return {h, w};
  }
}

std::vector<uint8_t> turned(const std::vector<uint8_t>& stored, const ImageInfo& i, int64_t sh, int64_t sw, int64_t channels) {
  std::vector<uint8_t> out(stored.size());
  uint8_t* to = out.data();
  for (int64_t h = 0; h < i.height; ++h)
    for (int64_t w = 0; w < i.width; ++w, to += channels) {
      auto [y, x] = stored_place(i.orientation, h, w, sh, sw);
      std::copy_n(stored.data() + (y * sw + x) * channels, channels, to);
    }
  return out;
}

std::string_view other_kind(std::string_view s) {
  if (s.starts_with("GIF8")) return "GIF";
  if (s.starts_with("BM")) return "BMP";
  if (s.starts_with("II*") || s.starts_with("MM")) return "TIFF";
  if (s.size() > 12 && s.starts_with("RIFF") && s.substr(8, 4) == "WEBP") return "WebP";
  if (s.size() > 12 && s.substr(4, 4) == "ftyp") return "HEIF or AVIF";
  return "";
}

// Source pixels that a pixel of the new axis is made of, with their weights.
struct Taps { int64_t first = 0; std::vector<float> weights; };
std::vector<Taps> taps_of(int64_t from, int64_t to) {
  double scale = double(from) / double(to), reach = std::max(scale, 1.0);
  std::vector<Taps> taps(static_cast<size_t>(to));
  for (int64_t i = 0; i < to; ++i) {
    double centre = (double(i) + 0.5) * scale;
    int64_t first = std::max<int64_t>(0, int64_t(std::floor(centre - reach))), last = std::min(from, int64_t(std::ceil(centre + reach)));
    Taps& t = taps[size_t(i)];
    double sum = 0;
    for (int64_t k = first; k < last; ++k) sum += std::max(0.0, 1 - std::abs(double(k) + 0.5 - centre) / reach);
    t.first = first;
    for (int64_t k = first; k < last; ++k) t.weights.push_back(float(std::max(0.0, 1 - std::abs(double(k) + 0.5 - centre) / reach) / sum));
  }
  return taps;
}

}  // namespace

ImageInfo image_info(Bytes bytes, const std::string& file) {
  std::string_view s = text_of(bytes);
  bool png = s.starts_with("\x89PNG\r\n\x1a\n"), jpeg = s.starts_with("\xff\xd8\xff");
  if (s.empty()) fail(Code::data, {file}, "is empty", "the picture was not written to the end");
  if (!png && !jpeg) {
    std::string_view kind = other_kind(s);
    if (!kind.empty()) fail(Code::data, {file}, fmt::format("is a {} file, and PNG and JPEG are read", kind), "ImageMagick turns it into one: convert FILE FILE.png");
    fail(Code::data, {file}, "is no picture: it is neither PNG nor JPEG, whatever its name says");
  }
  ImageInfo i = png ? detail::png_info(Reader(bytes, file)) : detail::jpeg_info(Reader(bytes, file));
  if (i.height < 1 || i.width < 1) fail(Code::data, {file}, fmt::format("has {} x {} pixels", i.height, i.width));
  if (i.height > kMaxPixels / i.width) fail(Code::data, {file}, fmt::format("claims {} x {} pixels, the limit is {}", i.height, i.width, kMaxPixels));
  return i;
}

std::vector<uint8_t> decode_image(Bytes bytes, const std::string& file, const ImageInfo& i, int64_t channels) {
  bool lies = i.orientation >= 5;  // rows and columns change places
  int64_t sh = lies ? i.width : i.height, sw = lies ? i.height : i.width;
  std::vector<uint8_t> pixels(size_t(sh * sw * channels));
  if (i.jpeg) detail::decode_jpeg(bytes, file, sh, sw, channels, pixels.data());
  else detail::decode_png(bytes, file, channels, pixels.data());
  return i.orientation > 1 ? turned(pixels, i, sh, sw, channels) : pixels;
}

void resize_image(const uint8_t* from, int64_t height, int64_t width, int64_t channels, uint8_t* to, int64_t to_height, int64_t to_width) {
  if (height == to_height && width == to_width) { std::copy_n(from, height * width * channels, to); return; }
  std::vector<Taps> across = taps_of(width, to_width), down = taps_of(height, to_height);
  std::vector<float> rows(size_t(height * to_width * channels));  // first along each row, then along columns
  for (int64_t h = 0; h < height; ++h)
    for (int64_t w = 0; w < to_width; ++w) {
      const Taps& t = across[size_t(w)];
      for (int64_t c = 0; c < channels; ++c) {
        float sum = 0;
        for (size_t k = 0; k < t.weights.size(); ++k) sum += t.weights[k] * float(from[(h * width + t.first + int64_t(k)) * channels + c]);
        rows[size_t((h * to_width + w) * channels + c)] = sum;
      }
    }
  int64_t line = to_width * channels;
  std::vector<float> sums(static_cast<size_t>(line));
  for (int64_t h = 0; h < to_height; ++h) {
    const Taps& t = down[size_t(h)];
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (size_t k = 0; k < t.weights.size(); ++k)
      for (int64_t i = 0; i < line; ++i) sums[size_t(i)] += t.weights[k] * rows[size_t((t.first + int64_t(k)) * line + i)];
    for (int64_t i = 0; i < line; ++i) to[h * line + i] = uint8_t(std::clamp(std::lround(sums[size_t(i)]), 0L, 255L));
  }
}

}  // namespace synfire

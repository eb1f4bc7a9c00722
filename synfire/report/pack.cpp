// Base64 (RFC 4648) and a plain PNG writer (RFC 2083: one IDAT, every row filtered by the difference to its left neighbour).
#include "synfire/report/pack.h"

#include <algorithm>

#include <zlib.h>

namespace synfire {
namespace {

void big(std::string& to, uint32_t v) {
  for (int shift : {24, 16, 8, 0}) to += char(v >> shift);
}

void chunk(std::string& to, std::string_view name, std::string_view content) {
  std::string body(name);
  body += content;
  big(to, uint32_t(content.size()));
  to += body;
  big(to, uint32_t(crc32(0, reinterpret_cast<const Bytef*>(body.data()), uInt(body.size()))));
}

}  // namespace

std::string base64(Bytes bytes) {
  static constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string s;
  s.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    size_t n = std::min<size_t>(3, bytes.size() - i);
    uint32_t v = 0;
    for (size_t k = 0; k < 3; ++k) v = v << 8 | (k < n ? std::to_integer<uint32_t>(bytes[i + k]) : 0);
    for (size_t k = 0; k < 4; ++k) s += k <= n ? letters[v >> (18 - 6 * k) & 63] : '=';
  }
  return s;
}

static_assert(std::endian::native == std::endian::little);
std::string packed(std::span<const float> numbers) { return base64(std::as_bytes(numbers)); }
std::string packed(std::span<const int32_t> numbers) { return base64(std::as_bytes(numbers)); }
std::string packed(std::span<const int8_t> numbers) { return base64(std::as_bytes(numbers)); }

std::string png(std::span<const uint8_t> pixels, int64_t height, int64_t width, int64_t channels) {
  std::string rows;
  rows.reserve(size_t(height * (width * channels + 1)));
  for (int64_t y = 0; y < height; ++y) {
    const uint8_t* row = pixels.data() + y * width * channels;
    rows += '\1';
    for (int64_t i = 0; i < width * channels; ++i) rows += char(uint8_t(row[i] - (i < channels ? 0 : row[i - channels])));
  }
  uLongf size = compressBound(uLong(rows.size()));
  std::string small(size, '\0');
  compress2(reinterpret_cast<Bytef*>(small.data()), &size, reinterpret_cast<const Bytef*>(rows.data()), uLong(rows.size()), 9);
  small.resize(size);
  std::string head;
  big(head, uint32_t(width)), big(head, uint32_t(height));
  head += char(8), head += char(channels == 1 ? 0 : channels == 3 ? 2 : 6), head += std::string(3, '\0');
  std::string s = "\x89PNG\r\n\x1a\n";
  chunk(s, "IHDR", head), chunk(s, "IDAT", small), chunk(s, "IEND", "");
  return s;
}

}  // namespace synfire

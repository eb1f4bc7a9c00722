// Walking over UTF-8.
#include "synfire/base/utf8.h"

#include <cstdint>

#include "synfire/base/format.h"

namespace synfire {
namespace {

// Bytes of the character at `i`, or 0 where there is none.
size_t length_at(std::string_view s, size_t i) {
  auto byte = [&](size_t k) { return uint8_t(s[k]); };
  uint8_t c = byte(i);
  if (c < 0x80) return 1;
  size_t n = c >= 0xc2 && c <= 0xdf ? 2 : (c & 0xf0) == 0xe0 ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 0;
  if (n == 0 || s.size() - i < n) return 0;
  for (size_t k = 1; k < n; ++k) if ((byte(i + k) & 0xc0) != 0x80) return 0;
  uint8_t d = byte(i + 1);
  bool bad = (c == 0xe0 && d < 0xa0) || (c == 0xed && d > 0x9f) || (c == 0xf0 && d < 0x90) || (c == 0xf4 && d > 0x8f);
  return bad ? 0 : n;
}

}  // namespace

size_t first_bad_utf8(std::string_view s) {
  size_t i = 0;
  for (size_t n; i < s.size() && (n = length_at(s, i)) > 0;) i += n;
  return i;
}

std::string printable(std::string_view s) {
  std::string r;
  r.reserve(s.size());
  for (size_t i = 0; i < s.size();) {
    size_t n = length_at(s, i);
    bool control = n == 1 ? uint8_t(s[i]) < 0x20 || s[i] == 0x7f : n == 2 && s[i] == '\xc2' && uint8_t(s[i + 1]) < 0xa0;
    if (n > 0 && !control) r += s.substr(i, n);
    else for (size_t k = 0; k < (n ? n : 1); ++k) r += fmt::format("\\x{:02x}", unsigned(uint8_t(s[i + k])));
    i += n ? n : 1;
  }
  return r;
}

}  // namespace synfire

// PNG files. Checksums keep most changed files from the pixels, so a file is tried as it is and with the checksums of its chunks set right.
#include <algorithm>
#include <zlib.h>

#include "tests/fuzz/picture.h"

namespace synfire::fuzz {
namespace {

std::vector<std::byte> with_checksums(Bytes bytes) {
  std::vector<std::byte> file(bytes.begin(), bytes.end());
  for (size_t at = 8; file.size() - std::min(at, file.size()) >= 12;) {  // length, type, data, checksum
    auto byte = [&](size_t i) { return size_t(file[at + i]); };
    size_t length = byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
    if (length > file.size() - at - 12) break;
    uLong sum = crc32(0, reinterpret_cast<const Bytef*>(file.data() + at + 4), uInt(length + 4));
    for (size_t i = 0; i < 4; ++i) file[at + 8 + length + i] = std::byte(sum >> (24 - 8 * i));
    at += length + 12;
  }
  return file;
}

void parse(Bytes bytes) {
  std::vector<std::byte> right = with_checksums(bytes);
  try {
    use_picture(right);
  } catch (const Failure&) {}
  use_picture(bytes);
}
SYNFIRE_FUZZ_TARGET(png, parse);

}  // namespace
}  // namespace synfire::fuzz

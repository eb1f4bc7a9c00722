// PNG files in memory, for event files and reports.
#pragma once
#include <cstdint>
#include <span>
#include <string>

namespace synfire {

// pixels: [height][width][channels] bytes, channels 1 (grey) or 3 (red, green, blue). Failure(Code::internal) where libpng refuses.
std::string encode_png(std::span<const uint8_t> pixels, int64_t height, int64_t width, int channels);

}  // namespace synfire

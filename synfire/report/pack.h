// Packing for the report: numbers and pictures as short texts that a page can hold: base64 of little-endian numbers, and PNG.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "synfire/base/reader.h"

namespace synfire {

std::string base64(Bytes bytes);
std::string packed(std::span<const float> numbers);    // base64 of f32
std::string packed(std::span<const int32_t> numbers);  // base64 of i32
std::string packed(std::span<const int8_t> numbers);

// A picture of bytes [height][width][channels] as the bytes of a PNG file; channels: 1 grey, 3 RGB, 4 with opacity.
std::string png(std::span<const uint8_t> pixels, int64_t height, int64_t width, int64_t channels);

}  // namespace synfire

// A picture as a folder of pictures or `predict` reads it: what it is, its pixels in colour and in grey, brought to another size.
#pragma once
#include "synfire/interop/image.h"
#include "tests/fuzz/target.h"

namespace synfire::fuzz {

constexpr int64_t kMostPixels = 1 << 22;  // that are decoded: larger pictures take their time, and nothing new happens in them

inline void use_picture(Bytes bytes) {
  ImageInfo info = image_info(bytes, "fuzz");
  expect(info.height > 0 && info.width > 0 && info.height * info.width <= kMaxPixels, "a picture has pixels, and not too many");
  if (info.height * info.width > kMostPixels) return;
  for (int64_t channels : {1, 3}) {
    std::vector<uint8_t> pixels = decode_image(bytes, "fuzz", info, channels);
    expect(int64_t(pixels.size()) == info.height * info.width * channels, "a picture has as many pixels as its header says");
    std::vector<uint8_t> small(size_t(5 * 7 * channels));
    resize_image(pixels.data(), info.height, info.width, channels, small.data(), 5, 7);
  }
}

}  // namespace synfire::fuzz

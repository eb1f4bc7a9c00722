// Writing of PNG through libpng's simplified interface.
#include "synfire/interop/png_write.h"

#include <png.h>

#include "synfire/base/error.h"
#include "synfire/base/format.h"

namespace synfire {

std::string encode_png(std::span<const uint8_t> pixels, int64_t height, int64_t width, int channels) {
  if ((channels != 1 && channels != 3) || height < 1 || width < 1 || height > 65536 || width > 65536 || int64_t(pixels.size()) != height * width * channels)
    fail(Code::internal, fmt::format("{} bytes are no picture of {} x {} pixels with {} channels", pixels.size(), height, width, channels));
  png_image image{};
  image.version = PNG_IMAGE_VERSION, image.height = png_uint_32(height), image.width = png_uint_32(width);
  image.format = channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY, image.flags = PNG_IMAGE_FLAG_FAST;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string file(size, '\0');
  if (!png_image_write_to_memory(&image, file.data(), &size, 0, pixels.data(), 0, nullptr)) fail(Code::internal, fmt::format("libpng: {}", static_cast<const char*>(image.message)));
  file.resize(size);
  return file;
}

}  // namespace synfire

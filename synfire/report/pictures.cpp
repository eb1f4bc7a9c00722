// Numbers to pixels.
#include "synfire/report/pictures.h"

#include <algorithm>
#include <cmath>

#include "synfire/report/pack.h"

namespace synfire {
namespace {

double stored(const Tensor& x, int64_t i) { return x.dtype == DType::u8 ? x.as<uint8_t>()[i] : x.as<float>()[i]; }

}  // namespace

Pictures::Pictures(const Dataset& data, std::span<const int64_t> rows) : data_(data) {
  if (!possible() || rows.empty()) return;
  if (data.x.dtype == DType::u8 && std::abs(data.unit * 255 - 1) < 1e-6) return;
  int64_t size = data.sample.numel();
  low_ = high_ = stored(data.x, rows[0] * size);
  for (int64_t r : rows)
    for (int64_t i = r * size; i < (r + 1) * size; ++i) low_ = std::min(low_, stored(data.x, i)), high_ = std::max(high_, stored(data.x, i));
}

std::string Pictures::of(int64_t row) const {
  int64_t H = data_.sample[0], W = data_.sample[1], C = data_.sample[2], channels = C == 3 || C == 4 ? C : 1;
  int64_t side = std::max(H, W), step = (side + kMostPixels - 1) / kMostPixels;  // pixels of the source that one becomes, each way
  int64_t h = (H + step - 1) / step, w = (W + step - 1) / step, first = row * data_.sample.numel();
  double scale = high_ > low_ ? 255 / (high_ - low_) : 0;
  std::vector<uint8_t> pixels(size_t(h * w * channels));
  for (int64_t y = 0; y < h; ++y)
    for (int64_t x = 0; x < w; ++x)
      for (int64_t c = 0; c < channels; ++c) {
        double sum = 0;
        int64_t n = 0;
        for (int64_t sy = y * step; sy < std::min(H, (y + 1) * step); ++sy)
          for (int64_t sx = x * step; sx < std::min(W, (x + 1) * step); ++sx, ++n) sum += stored(data_.x, first + (sy * W + sx) * C + c);
        pixels[size_t((y * w + x) * channels + c)] = uint8_t(std::clamp(std::lround((sum / double(n) - low_) * scale), 0l, 255l));
      }
  return base64(bytes_of(png(pixels, h, w, channels)));
}

}  // namespace synfire

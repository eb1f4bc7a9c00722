// Tiles of weights and samples as bytes.
#include "synfire/inspect/pictures.h"

#include <algorithm>
#include <cmath>

namespace synfire {
namespace {

constexpr int64_t kMostTiles = 64, kSide = 16;  // pixels that a tile has at least

uint8_t grey(float v, float top) { return uint8_t(std::lround(std::clamp(127.5f + 127.5f * (top > 0 ? v / top : 0), 0.f, 255.f))); }

struct Filters { int64_t count, channels, height, width; };  // as in files: [count][channels][height][width]

Filters filters_of(const Store& store, const StoredState& s, const Shape& sample) {
  Shape e = store.external_shape(s);
  if (e.rank() == 4) return {e[0], e[1], e[2], e[3]};
  if (e.rank() == 2 && sample.rank() == 3 && e[1] == sample.numel()) return {e[0], sample[2], sample[0], sample[1]};
  return {0, 0, 0, 0};
}

void draw_tile(Picture& p, const float* w, const Filters& f, int64_t zoom, int64_t top, int64_t left) {
  float most = 0;
  for (int64_t i = 0, n = f.channels * f.height * f.width; i < n; ++i) most = std::max(most, std::abs(w[i]));
  for (int64_t y = 0; y < f.height * zoom; ++y)
    for (int64_t x = 0; x < f.width * zoom; ++x)
      for (int c = 0; c < p.channels; ++c)
        p.pixels[size_t(((top + y) * p.width + left + x) * p.channels + c)] = grey(w[(c * f.height + y / zoom) * f.width + x / zoom], most);
}

}  // namespace

std::optional<Picture> picture_of_filters(const Job& job) {
  const Store& store = job.model->store();
  const StoredState* weight = nullptr;
  for (const LayerSpec& l : job.model->net().layers)
    if ((weight = store.find(l.name + ".weight")) && weight->type.shape.rank() > 1) break;
    else weight = nullptr;
  if (!weight || !job.source.data.is_image()) return {};
  Filters f = filters_of(store, *weight, job.source.data.sample);
  if (f.count == 0 || f.height * f.width < 4) return {};
  std::vector<float> numbers(size_t(weight->type.shape.numel()));
  store.read(*weight, numbers.data());
  int64_t count = std::min(f.count, kMostTiles), across = std::min<int64_t>(8, count), down = (count + across - 1) / across;
  int64_t zoom = std::max<int64_t>(1, kSide / std::max(f.height, f.width)), high = f.height * zoom + 1, wide = f.width * zoom + 1;
  Picture p{down * high + 1, across * wide + 1, f.channels == 3 ? 3 : 1, {}};
  p.pixels.assign(size_t(p.height * p.width * p.channels), 255);
  for (int64_t i = 0; i < count; ++i) draw_tile(p, numbers.data() + i * f.channels * f.height * f.width, f, zoom, i / across * high + 1, i % across * wide + 1);
  return p;
}

std::optional<Picture> picture_of_sample(const Dataset& d, int64_t row) {
  if (!d.is_image() || (d.sample[2] != 1 && d.sample[2] != 3) || row < 0 || row >= d.rows()) return {};
  Picture p{d.sample[0], d.sample[1], int(d.sample[2]), {}};
  int64_t n = d.sample.numel();
  p.pixels.resize(size_t(n));
  if (d.x.dtype == DType::u8) {
    const uint8_t* x = d.x.as<uint8_t>() + row * n;
    uint8_t top = d.unit >= 1.0 / 255 && d.unit < 0.5 ? uint8_t(std::min(255.0, std::round(1 / d.unit))) : 255;  // digits have 0 … 16
    for (int64_t i = 0; i < n; ++i) p.pixels[size_t(i)] = uint8_t(std::min(255, x[i] * 255 / top));
    return p;
  }
  const float* x = d.x.as<float>() + row * n;
  auto [low, high] = std::minmax_element(x, x + n);
  float range = *high - *low;
  for (int64_t i = 0; i < n; ++i) p.pixels[size_t(i)] = uint8_t(range > 0 ? std::lround((x[i] - *low) / range * 255) : 0);
  return p;
}

}  // namespace synfire

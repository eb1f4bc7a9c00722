// Filling of batches: stored numbers become floats in one pass, augmented images are gathered from where their pixels lie.
#include "synfire/data/loader.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "synfire/base/format.h"

namespace synfire {
namespace {

constexpr int64_t kSliceFloats = 1 << 15;  // floats of x that a slice writes: long enough to be worth a worker

// y = scale x + offset with a line for each of `period` neighbours; both arrays have `period` elements. One element: one line for all.
template <class T>
void convert(const T* __restrict x, float* __restrict y, int64_t n, std::span<const float> scale, std::span<const float> offset) {
  int64_t period = int64_t(scale.size());
  if (period == 1) {
    float a = scale[0], b = offset[0];
    for (int64_t i = 0; i < n; ++i) y[i] = a * float(x[i]) + b;
    return;
  }
  const float *__restrict a = scale.data(), *__restrict b = offset.data();
  for (; n > 0; n -= period, x += period, y += period)
    for (int64_t i = 0, end = std::min(n, period); i < end; ++i) y[i] = a[i] * float(x[i]) + b[i];
}

// Rows lie anywhere in a shuffled epoch: the next one is called for while this one is written.
void prefetch(const std::byte* from, int64_t bytes) {
  constexpr int64_t kLine = 64, kMost = 4096;  // the processor goes on by itself after a page
  for (int64_t i = 0; i < std::min(bytes, kMost); i += kLine) __builtin_prefetch(from + i);
}

// Row h of an image, moved and mirrored as the placement says.
template <class T>
void place_row(const T* image, float* y, const Shape& sample, int64_t h, const Placement& p, std::span<const float> scale, std::span<const float> offset) {
  int64_t height = sample[0], width = sample[1], channels = sample[2], from = h + p.top;
  bool inside = from >= 0 && from < height;
  // Columns w whose source lies in the image: w + left, or left + width - 1 - w.
  int64_t first = !inside ? width : std::clamp<int64_t>(p.mirrored ? p.left : -p.left, 0, width);
  int64_t last = !inside ? width : std::clamp<int64_t>(p.mirrored ? p.left + width : width - p.left, first, width);
  auto blank = [&](int64_t begin, int64_t end) {
    for (int64_t i = begin * channels; i < end * channels; ++i) y[i] = offset[offset.size() == 1 ? 0 : size_t(i % channels)];
  };
  blank(0, first), blank(last, width);
  if (first == last) return;
  const T* row = image + from * width * channels;
  if (!p.mirrored) return convert(row + (first + p.left) * channels, y + first * channels, (last - first) * channels, scale, offset);
  const float *a = scale.data(), *b = offset.data();
  int64_t each = scale.size() > 1;  // 0: one line for all channels
  for (int64_t w = first; w < last; ++w)
    for (int64_t c = 0; c < channels; ++c) y[w * channels + c] = a[c * each] * float(row[(p.left + width - 1 - w) * channels + c]) + b[c * each];
}

template <class T>
void write(const T* x, float* y, const Shape& sample, const Placement* placement, std::span<const float> scale, std::span<const float> offset) {
  if (!placement) return convert(x, y, sample.numel(), scale, offset);
  for (int64_t h = 0; h < sample[0]; ++h) place_row(x, y + h * sample.from(1), sample, h, *placement, scale, offset);
}

}  // namespace

Loader::Loader(const Dataset& data, std::vector<int64_t> rows, const Fitted& fitted, LoaderOptions options)
    : data_(data), rows_(std::move(rows)), options_(std::move(options)) {
  int64_t columns = data.columns();
  if (int64_t(fitted.scale.size()) != columns || int64_t(fitted.offset.size()) != columns)
    fail(Code::internal, fmt::format("{}: transforms of {} columns for {}", data.name, fitted.scale.size(), columns));
  if (options_.batch < 1) fail(Code::internal, fmt::format("a batch of {} samples", options_.batch));
  if (!options_.augment.empty() && !data.is_image())
    fail(Code::config, fmt::format("{}: augment moves the pixels of images, but a sample has shape {}", data.name, data.sample.str()), "leave augment out");
  for (const Choice& c : options_.augment) {
    const AugmentationDef* def = Registry<AugmentationDef>::find(c.kind);
    if (!def) fail(Code::config, fmt::format("no augmentation is called \"{}\"", c.kind), "`synfire list augmentation` names them");
    moves_.push_back(def->move);
  }
  if (options_.drop_last && steps() == 0)
    fail(Code::data, fmt::format("{}: {} rows do not fill one batch of {}, and drop_last leaves smaller ones out", data.name, this->rows(), options_.batch), "a smaller batch, or drop_last = false");
  for (int64_t c = 0; c < columns; ++c) scale_.push_back(float(fitted.scale[size_t(c)] * data.unit)), offset_.push_back(fitted.offset[size_t(c)]);
  spread_lines();
}

// All columns alike: one line. Else a row of an image is described whole, so that the loop over it has no inner one.
void Loader::spread_lines() {
  auto same = [](const std::vector<float>& v) { return std::all_of(v.begin(), v.end(), [&](float f) { return f == v[0]; }); };
  if (same(scale_) && same(offset_)) return scale_.resize(1), offset_.resize(1);
  size_t period = data_.is_image() ? size_t(data_.sample.from(1)) : scale_.size(), columns = scale_.size();
  for (size_t i = columns; i < period; ++i) scale_.push_back(scale_[i - columns]), offset_.push_back(offset_[i - columns]);
}

int64_t Loader::steps() const { return options_.drop_last ? rows() / options_.batch : (rows() + options_.batch - 1) / options_.batch; }

int64_t Loader::size(int64_t step) const { return std::min(options_.batch, rows() - step * options_.batch); }

std::span<const int64_t> Loader::batch(int64_t epoch, int64_t step) {
  enter(epoch);
  return std::span(order_).subspan(size_t(step * options_.batch), size_t(size(step)));
}

void Loader::enter(int64_t epoch) {
  if (epoch == epoch_) return;
  order_ = rows_, epoch_ = epoch;
  if (!options_.shuffle) return;
  Random random{options_.seed, stream_of("shuffle"), uint64_t(epoch)};
  for (uint64_t i = order_.size(); i-- > 1;) std::swap(order_[i], order_[random.below(i, i + 1)]);  // Fisher & Yates 1938
}

void Loader::write_sample(int64_t epoch, int64_t row, float* to) const {
  Placement placement;
  Random random{options_.seed, stream_of("augment"), uint64_t(epoch)};
  // 256 draws for each augmentation of a sample, counted by the row, so that neither its place in the epoch nor its batch matters.
  for (size_t i = 0; i < moves_.size(); ++i) {
    Chance chance(random, (uint64_t(row) * moves_.size() + i) * 256);
    moves_[i](placement, chance, options_.augment[i].attrs);
  }
  bool still = placement.top == 0 && placement.left == 0 && !placement.mirrored;
  int64_t size = data_.sample.numel();
  if (data_.x.dtype == DType::u8) write(data_.x.as<uint8_t>() + row * size, to, data_.sample, still ? nullptr : &placement, scale_, offset_);
  else write(data_.x.as<float>() + row * size, to, data_.sample, still ? nullptr : &placement, scale_, offset_);
}

void Loader::fill(Pool& pool, int64_t epoch, int64_t step, const View& x, const View& target) {
  std::span<const int64_t> rows = batch(epoch, step);
  int64_t n = int64_t(rows.size()), size = data_.sample.numel();
  assert(x.shape.numel() == n * size);
  float* to = x.f32();
  int64_t a_slice = std::max<int64_t>(1, kSliceFloats / size), bytes = size * size_of(data_.x.dtype);
  pool.run(int((n + a_slice - 1) / a_slice), [&](int slice) {
    for (int64_t i = slice * a_slice, end = std::min(n, i + a_slice); i < end; ++i) {
      if (i + 1 < end) prefetch(data_.x.bytes.data() + rows[size_t(i + 1)] * bytes, bytes);
      write_sample(epoch, rows[size_t(i)], to + i * size);
    }
  });
  if (target.data) write_targets(rows, target);
}

void Loader::write_targets(std::span<const int64_t> rows, const View& target) const {
  int64_t n = int64_t(rows.size()), width = data_.target_count();
  if (data_.labels.empty() && data_.targets.empty()) {
    std::memset(target.data, 0, size_t(target.shape.numel() * size_of(target.dtype)));
  } else if (data_.task == Task::classes) {
    for (int64_t i = 0; i < n; ++i) target.as<int32_t>()[i] = data_.labels[size_t(rows[size_t(i)])];
  } else {
    for (int64_t i = 0; i < n; ++i) std::copy_n(data_.targets.begin() + rows[size_t(i)] * width, width, target.f32() + i * width);
  }
}

}  // namespace synfire

// Loops over numbers, in lanes so that they become vector code.
#include "synfire/inspect/numbers.h"

#include <algorithm>

namespace synfire {
namespace {

constexpr int kLanes = 16;

}  // namespace

double Moments::deviation() const {
  if (n == 0) return kNoNumber;
  double m = mean();
  return std::sqrt(std::max(0.0, squares / double(n) - m * m));
}

Moments moments(const float* x, int64_t n) {
  Moments m;
  m.n = n;
  if (n == 0) return m;
  constexpr float inf = std::numeric_limits<float>::infinity();
  float low[kLanes], high[kLanes];
  std::fill_n(low, kLanes, inf), std::fill_n(high, kLanes, -inf);
  for (int64_t from = 0; from < n;) {  // float sums of short blocks, double sums of blocks
    int64_t lines = std::min<int64_t>((n - from) / kLanes, 64);
    float sum[kLanes] = {}, squares[kLanes] = {};
    for (int64_t k = 0; k < lines; ++k, from += kLanes)
      for (int l = 0; l < kLanes; ++l) {
        float v = x[from + l];
        sum[l] += v, squares[l] += v * v;
        low[l] = v < low[l] ? v : low[l], high[l] = v > high[l] ? v : high[l];
      }
    if (lines == 0)
      for (int l = 0; from < n; ++from, ++l) {
        float v = x[from];
        sum[l] = v, squares[l] = v * v;
        low[l] = std::min(low[l], v), high[l] = std::max(high[l], v);
      }
    for (int l = 0; l < kLanes; ++l) m.sum += double(sum[l]), m.squares += double(squares[l]);
  }
  m.low = double(*std::min_element(low, low + kLanes)), m.high = double(*std::max_element(high, high + kLanes));
  return m;
}

Histogram histogram(const float* x, const Moments& m, int bins) {
  Histogram h{m.low, m.high, m.sum, m.squares, {}};
  if (m.n == 0 || !m.finite()) return {};
  h.counts.assign(size_t(bins), 0);
  float low = float(m.low), scale = m.high > m.low ? float(double(bins) / (m.high - m.low)) : 0;
  if (!std::isfinite(scale)) scale = 0;
  for (int64_t i = 0; i < m.n; ++i) ++h.counts[size_t(std::min(bins - 1, int((x[i] - low) * scale)))];
  return h;
}

Pick::Pick(const View& v, int64_t most) : rows_(v.shape.rank() ? v.shape[0] : 1), columns_(rows_ ? v.shape.numel() / rows_ : 0), total_(v.shape.numel()) {
  if (v.shape.rank() < 2) {  // a vector: its own lines
    stride_ = (total_ + most - 1) / std::max<int64_t>(most, 1);
    for (int64_t i = 0; i < total_; i += kLanes * stride_) size_ += std::min<int64_t>(kLanes, total_ - i);
    return;
  }
  int64_t lines = (rows_ + kLanes - 1) / kLanes * columns_, wanted = std::max<int64_t>(1, most / kLanes), step = (lines + wanted - 1) / wanted;
  while (step > 1 && columns_ % step == 0) ++step;  // not the same columns in each panel
  for (int64_t line = 0; line < lines; line += step) {
    int64_t row = line / columns_ * kLanes, count = std::min<int64_t>(kLanes, rows_ - row);
    lines_.push_back({row, line % columns_, count}), size_ += count;
  }
}

void Pick::gather(const View& view, float* to) const {
  const float* x = view.f32();
  if (lines_.empty()) {
    for (int64_t i = 0; i < total_; i += kLanes * stride_)
      for (int64_t k = i; k < std::min(total_, i + kLanes); ++k) *to++ = x[k];
    return;
  }
  bool panels = view.layout == Layout::panels;
  for (const Line& l : lines_) {
    const float* from = panels ? x + (l.row * columns_ + l.column * kLanes) : x + (l.row * columns_ + l.column);
    for (int64_t k = 0; k < l.count; ++k) *to++ = from[panels ? k : k * columns_];
  }
}

}  // namespace synfire

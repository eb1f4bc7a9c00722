// Passes over the rows that fill in the summaries.
#include "synfire/data/summary.h"

#include <algorithm>
#include <cmath>

namespace synfire {
namespace {

// Bytes are counted by value, which gives everything exactly. Images of one channel, by far the most, have a loop of their own.
void count_bytes(const uint8_t* x, int64_t n, int64_t columns, uint64_t* counts) {
  if (columns == 1) {
    uint32_t lanes[4][256] = {};  // equal neighbours would wait for each other in one table
    for (int64_t i = 0; i < n; ++i) ++lanes[i & 3][x[i]];
    for (const auto& lane : lanes) for (int v = 0; v < 256; ++v) counts[v] += lane[v];
    return;
  }
  for (int64_t i = 0; i < n; i += columns)
    for (int64_t c = 0; c < columns; ++c) ++counts[c * 256 + x[i + c]];
}

Summary summary_of(const uint64_t* counts, double unit) {
  Summary s;
  double n = 0, sum = 0, squares = 0;
  bool any = false;
  for (int v = 0; v < 256; ++v) {
    if (counts[v] == 0) continue;
    n += double(counts[v]), sum += double(counts[v]) * v;
    if (!any) s.low = v * unit, any = true;
    s.high = v * unit;
  }
  if (n == 0) return s;
  double mean = sum / n;
  for (int v = 0; v < 256; ++v) squares += double(counts[v]) * (v - mean) * (v - mean);
  s.mean = mean * unit, s.deviation = std::sqrt(squares / n) * unit;
  return s;
}

}  // namespace

std::vector<Summary> summarize(const Dataset& d, std::span<const int64_t> rows) {
  int64_t columns = d.columns(), size = d.sample.numel();
  std::vector<Summary> result(static_cast<size_t>(columns));
  if (rows.empty()) return result;
  if (d.x.dtype == DType::u8) {
    std::vector<uint64_t> counts(size_t(columns) * 256);
    for (int64_t r : rows) count_bytes(d.x.as<uint8_t>() + r * size, size, columns, counts.data());
    for (int64_t c = 0; c < columns; ++c) result[size_t(c)] = summary_of(counts.data() + c * 256, d.unit);
    return result;
  }
  const float* x = d.x.as<float>();
  double n = double(rows.size()) * double(size / columns);
  for (int64_t c = 0; c < columns; ++c) result[size_t(c)].low = result[size_t(c)].high = x[rows[0] * size + c];
  for (int64_t r : rows)
    for (int64_t i = 0; i < size; ++i) {
      Summary& s = result[size_t(i % columns)];
      double v = x[r * size + i];
      s.mean += v, s.low = std::min(s.low, v), s.high = std::max(s.high, v);
    }
  for (Summary& s : result) s.mean /= n;
  for (int64_t r : rows)
    for (int64_t i = 0; i < size; ++i) {
      Summary& s = result[size_t(i % columns)];
      double off = x[r * size + i] - s.mean;
      s.deviation += off * off;
    }
  for (Summary& s : result) s.deviation = std::sqrt(s.deviation / n) * d.unit, s.mean *= d.unit, s.low *= d.unit, s.high *= d.unit;
  return result;
}

}  // namespace synfire

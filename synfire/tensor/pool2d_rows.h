// Which taps of a window lie inside an image, and which windows lie over a pixel: index arithmetic that all pools share.
#pragma once
#include <algorithm>
#include <cstdint>

namespace synfire::pool {

struct Span {
  int64_t first, last;  // empty where first >= last
  int64_t size() const { return std::max<int64_t>(0, last - first); }
};

// Taps of a window of K that begins at `start`, in a row of n.
inline Span inside(int64_t start, int64_t K, int64_t n) { return {std::max<int64_t>(0, -start), std::min(K, n - start)}; }

// Windows of K, `stride` apart, that hold position `at`, counted with the padding.
inline Span windows_over(int64_t at, int64_t K, int64_t stride, int64_t windows) {
  return {at < K ? 0 : (at - K) / stride + 1, std::min(windows, at / stride + 1)};
}

}  // namespace synfire::pool

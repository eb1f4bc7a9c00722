// Copies between row-major matrices and panels.
#include "synfire/tensor/panels.h"

#include <algorithm>

namespace synfire {

void to_panels(const float* w, int64_t N, int64_t K, int64_t row_stride, int64_t column_stride, float* panels) {
  for (int64_t n0 = 0; n0 < N; n0 += 16) {
    int64_t width = std::min<int64_t>(16, N - n0);
    for (int64_t k = 0; k < K; ++k, panels += 16) {
      for (int64_t j = 0; j < width; ++j) panels[j] = w[(n0 + j) * row_stride + k * column_stride];
      for (int64_t j = width; j < 16; ++j) panels[j] = 0;
    }
  }
}

void from_panels(const float* panels, int64_t N, int64_t K, float* w) {
  for (int64_t n = 0; n < N; ++n) {
    const float* p = panels + n / 16 * K * 16 + n % 16;
    for (int64_t k = 0; k < K; ++k) w[n * K + k] = p[k * 16];
  }
}

void transpose_panels(const float* panels, int64_t N, int64_t K, float* out, int64_t first, int64_t last) {
  for (int64_t q = first; q < last; ++q) {
    int64_t width = std::min<int64_t>(16, K - q * 16);
    for (int64_t n = 0; n < N; ++n) {
      const float* from = panels + n / 16 * K * 16 + q * 256 + n % 16;
      float* to = out + (q * N + n) * 16;
      for (int64_t j = 0; j < width; ++j) to[j] = from[j * 16];
      for (int64_t j = width; j < 16; ++j) to[j] = 0;
    }
  }
}

}  // namespace synfire

// Copies between row-major matrices and panels, by blocks of 8 x 8 turned in registers where rows become columns.
#include "synfire/tensor/panels.h"

#include <algorithm>

#include "synfire/tensor/vec.h"

namespace synfire {
namespace {

// 16 rows of w, each `stride` apart, to one panel.
void rows_to_panel(const float* w, int64_t K, int64_t stride, float* panel) {
  int64_t k = 0;
  for (; k + 8 <= K; k += 8)
    for (int half = 0; half < 16; half += 8) turn_8x8(w + half * stride + k, stride, panel + k * 16 + half, 16);
  for (; k < K; ++k)
    for (int j = 0; j < 16; ++j) panel[k * 16 + j] = w[j * stride + k];
}

void columns_to_panel(const float* w, int64_t K, int64_t stride, float* panel) {
  for (int64_t k = 0; k < K; ++k) store(panel + k * 16, load(w + k * stride)), store(panel + k * 16 + 8, load(w + k * stride + 8));
}

}  // namespace

void to_panels(const float* w, int64_t N, int64_t K, int64_t row_stride, int64_t column_stride, float* panels) {
  for (int64_t n0 = 0; n0 < N; n0 += 16, panels += K * 16) {
    int64_t width = std::min<int64_t>(16, N - n0);
    const float* from = w + n0 * row_stride;
    if (width == 16 && column_stride == 1) { rows_to_panel(from, K, row_stride, panels); continue; }
    if (width == 16 && row_stride == 1) { columns_to_panel(from, K, column_stride, panels); continue; }
    for (int64_t k = 0; k < K; ++k) {
      for (int64_t j = 0; j < width; ++j) panels[k * 16 + j] = from[j * row_stride + k * column_stride];
      for (int64_t j = width; j < 16; ++j) panels[k * 16 + j] = 0;
    }
  }
}

void from_panels(const float* panels, int64_t N, int64_t K, float* w) {
  for (int64_t n = 0; n < N; n += 16) turn_matrix(panels + n * K, K, std::min<int64_t>(16, N - n), 16, w + n * K, K);
}

void transpose_panels(const float* panels, int64_t N, int64_t K, float* out, int64_t first, int64_t last) {
  int64_t whole = N / 8 * 8;
  for (int64_t q = first; q < last; ++q) {
    int64_t width = std::min<int64_t>(16, K - q * 16), n = 0;
    float* panel = out + q * N * 16;
    for (; n < whole && width == 16; n += 8) {
      const float* from = panels + (n / 16 * K + q * 16) * 16 + n % 16;
      turn_8x8(from, 16, panel + n * 16, 16), turn_8x8(from + 128, 16, panel + n * 16 + 8, 16);
    }
    for (; n < N; ++n) {
      const float* from = panels + (n / 16 * K + q * 16) * 16 + n % 16;
      for (int64_t j = 0; j < width; ++j) panel[n * 16 + j] = from[j * 16];
      for (int64_t j = width; j < 16; ++j) panel[n * 16 + j] = 0;
    }
  }
}

void turn_matrix(const float* x, int64_t rows, int64_t columns, int64_t ldx, float* y, int64_t ldy) {
  int64_t rows8 = rows / 8 * 8, columns8 = columns / 8 * 8;
  for (int64_t r = 0; r < rows8; r += 8)
    for (int64_t c = 0; c < columns8; c += 8) turn_8x8(x + r * ldx + c, ldx, y + c * ldy + r, ldy);
  for (int64_t c = 0; c < columns; ++c)
    for (int64_t r = c < columns8 ? rows8 : 0; r < rows; ++r) y[c * ldy + r] = x[r * ldx + c];
}

}  // namespace synfire

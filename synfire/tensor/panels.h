// Panels: matrices w[N, K] stored as [ceil(N/16)][K][16], missing rows zero (view.h); to and fro, and transposed.
#pragma once
#include <cstdint>

namespace synfire {

// w(n, k) = w[n * row_stride + k * column_stride].
void to_panels(const float* w, int64_t N, int64_t K, int64_t row_stride, int64_t column_stride, float* panels);
void from_panels(const float* panels, int64_t N, int64_t K, float* w);  // row-major [N, K]
// Panels of wᵀ [K, N]: output panels [first, last) of ceil(K/16), each [N][16].
void transpose_panels(const float* panels, int64_t N, int64_t K, float* out, int64_t first, int64_t last);

}  // namespace synfire

// Panels: matrices w[N, K] stored as [ceil(N/16)][K][16], missing rows zero (view.h); to and fro, and transposed.
#pragma once
#include <cstdint>

namespace synfire {

// w(n, k) = w[n * row_stride + k * column_stride]. Panels do not depend on each other, so workers can share the rows in 16s.
void to_panels(const float* w, int64_t N, int64_t K, int64_t row_stride, int64_t column_stride, float* panels);
void from_panels(const float* panels, int64_t N, int64_t K, float* w);  // row-major [N, K]
// Panels of wᵀ [K, N]: output panels [first, last) of ceil(K/16), each [N][16].
void transpose_panels(const float* panels, int64_t N, int64_t K, float* out, int64_t first, int64_t last);

// y[c * ldy + r] = x[r * ldx + c]: rows become columns.
void turn_matrix(const float* x, int64_t rows, int64_t columns, int64_t ldx, float* y, int64_t ldy);

}  // namespace synfire

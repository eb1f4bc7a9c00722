// Products of two row-major matrices, for activations times activations: the right one goes into panels first.
#include "synfire/tensor/gemm.h"
#include "synfire/tensor/panels.h"

namespace synfire {

int64_t gemm_scratch(int64_t M, int64_t N, int64_t K, bool transpose_a) { return (N + 15) / 16 * 16 * K + (transpose_a ? M * K : 0); }

void gemm(bool transpose_a, bool transpose_b, int64_t M, int64_t N, int64_t K, const float* a, int64_t lda, const float* b, int64_t ldb,
          const float* bias, float* c, int64_t ldc, float* scratch) {
  to_panels(b, N, K, transpose_b ? ldb : 1, transpose_b ? 1 : ldb, scratch);
  if (transpose_a) {
    float* turned = scratch + (N + 15) / 16 * 16 * K;
    turn_matrix(a, K, M, lda, turned, K);
    a = turned, lda = K;
  }
  gemm_panels({0, M, 0, (N + 15) / 16}, N, K, a, lda, scratch, bias, c, ldc, {});
}

}  // namespace synfire

// Matrix products, most with one side in panels (view.h). All matrices are float; x, y, dy are row-major with a row stride.
#pragma once
#include <cstdint>

#include "synfire/tensor/epilogue.h"

namespace synfire {

// A slice of a product: rows [m0, m1), panels [p0, p1). The cut into at most 16 depends on the shape only, and no result on the cut.
struct GemmSlice { int64_t m0, m1, p0, p1; };
int gemm_slices(int64_t M, int64_t N, int64_t K);
GemmSlice gemm_slice(int64_t M, int64_t N, int64_t K, int slice);

// y[m, n] = sum_k x[m, k] w[n, k] + bias[n] on one slice; w [N, K] in panels; bias may be null. The epilogue gets finished
// pieces of rows; it needs y dense (ldy == N).
void gemm_panels(const GemmSlice& s, int64_t N, int64_t K, const float* x, int64_t ldx, const float* w, const float* bias,
                 float* y, int64_t ldy, const Epilogue& epilogue);

// Weight gradient: dw[n, k] = sum_m dy[m, n] x[m, k], written in panels [ceil(N/16)][K][16].
// A large x, or one whose rows would fall into few sets of a cache, first goes into slivers, 6 columns of x side by side;
// columns 6 first … 6 last, of ceil(K/6). Elsewhere x is read in place, and slivers may be null.
bool weight_grad_packs(int64_t M, int64_t N, int64_t K);
int64_t sliver_floats(int64_t M, int64_t K);
void pack_slivers(int64_t M, int64_t K, const float* x, int64_t ldx, float* slivers, int64_t first, int64_t last);
// Then panels are made in chunks of up to 96 values of k. dw may be null: then only the epilogue sees each chunk.
int weight_grad_slices(int64_t N, int64_t K);
int64_t weight_grad_scratch(int64_t M);  // floats a worker needs
void weight_grad(int slice, int64_t M, int64_t N, int64_t K, const float* x, int64_t ldx, const float* slivers, const float* dy,
                 int64_t ldy, float* dw, float* scratch, const Epilogue& epilogue);

// c[M, N] = op(a) op(b) + bias, all row-major with row strides; op(a) is [M, K], op(b) [K, N]; bias [N] may be null. For many
// small products, each run by one worker; workers that share one product call to_panels, then gemm_panels on their slices.
int64_t gemm_scratch(int64_t M, int64_t N, int64_t K, bool transpose_a);  // floats
void gemm(bool transpose_a, bool transpose_b, int64_t M, int64_t N, int64_t K, const float* a, int64_t lda, const float* b, int64_t ldb,
          const float* bias, float* c, int64_t ldc, float* scratch);

}  // namespace synfire

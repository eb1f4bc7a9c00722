// Normalisation kernels: batch norm over the rows of x [M, C] (Ioffe & Szegedy 2015), layer norm within them (Ba et al. 2016).
// Phases run one after the other; the slices of one phase in any order. Statistics are those of the batch, the variance biased.
#pragma once
#include <cstdint>

#include "synfire/tensor/epilogue.h"

namespace synfire {

// Batch norm, M rows (images times pixels) of C channels. The slices of all phases are the same rows.
int batch_norm_slices(int64_t M, int64_t C);
int64_t batch_norm_partials(int64_t M, int64_t C);  // doubles

void batch_norm_stats(int64_t M, int64_t C, int slice, const float* x, double* partials);
void batch_norm_stats_finish(int64_t M, int64_t C, const double* partials, float* mean, float* var);  // [C] each
// y = (x - mean) * inv_std * gamma + beta with inv_std = 1 / sqrt(var + eps). In place is right. At inference only this.
void batch_norm_apply(int64_t M, int64_t C, float eps, int slice, const float* x, const float* mean, const float* var,
                      const float* gamma, const float* beta, float* y, const Epilogue& epilogue);

void batch_norm_grad_stats(int64_t M, int64_t C, float eps, int slice, const float* x, const float* dy, const float* mean,
                           const float* var, double* partials);
void batch_norm_grad_finish(int64_t M, int64_t C, const double* partials, float* dgamma, float* dbeta);  // [C] each
void batch_norm_grad_apply(int64_t M, int64_t C, float eps, int slice, const float* x, const float* dy, const float* mean,
                           const float* var, const float* gamma, const float* dgamma, const float* dbeta, float* dx,
                           const Epilogue& epilogue);

// Layer norm, M rows of N. mean and inv_std [M] are kept for the gradient. gamma and beta [N] may be null: 1 and 0.
int layer_norm_slices(int64_t M, int64_t N);
void layer_norm(int64_t M, int64_t N, float eps, int slice, const float* x, const float* gamma, const float* beta, float* y,
                float* mean, float* inv_std, const Epilogue& epilogue);
// dx, and each slice's part of dgamma and dbeta; partials may be null where nobody asks for those.
int64_t layer_norm_partials(int64_t M, int64_t N);  // floats
void layer_norm_grad(int64_t M, int64_t N, int slice, const float* x, const float* dy, const float* gamma, const float* mean,
                     const float* inv_std, float* dx, float* partials, const Epilogue& epilogue);
void layer_norm_grad_finish(int64_t M, int64_t N, const float* partials, float* dgamma, float* dbeta);

}  // namespace synfire

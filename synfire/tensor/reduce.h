// Sums over rows, over columns and over everything, each in an order that the shape fixes. Floats are summed in short runs,
// the runs in double.
#pragma once
#include <cstdint>

namespace synfire {

// out[n] = sum_m x[m, n]: the gradient of a bias. First the slices, in any order, then finish.
int sum_rows_slices(int64_t M, int64_t N);
int64_t sum_rows_partials(int64_t M, int64_t N);  // doubles
void sum_rows(int64_t M, int64_t N, int slice, const float* x, double* partials);
void sum_rows_finish(int64_t M, int64_t N, const double* partials, float* out);

// out[m] = sum_n x[m, n] for rows first … last-1.
void sum_columns(int64_t first, int64_t last, int64_t N, const float* x, float* out);

// The sum of n numbers, or of their squares: each slice leaves one partial.
int sum_slices(int64_t n);  // also the number of partials
void sum_all(int64_t n, int slice, const float* x, double* partials);
void sum_squares(int64_t n, int slice, const float* x, double* partials);
double sum_finish(int64_t n, const double* partials);

}  // namespace synfire

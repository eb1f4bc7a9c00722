// Products with a matrix most of whose elements are zero, such as the spikes of a layer: only what is not zero is touched. Pays below a seventh.
#pragma once
#include <cstdint>

#include "synfire/tensor/epilogue.h"
#include "synfire/tensor/gemm.h"

namespace synfire {

// What is not zero in x [M, K], row by row, in the order of k. A row has room for `room` entries; of one that has more, the rest is missing
// and `count` says room + 1: whoever reads it takes x itself.
struct Events {
  int64_t M = 0, K = 0, room = 0;
  int32_t *count = nullptr, *at = nullptr;  // [M], [M][room]
  float* value = nullptr;                   // [M][room]

  Events(int64_t M, int64_t K, void* memory);
  static int64_t bytes(int64_t M, int64_t K);
  void gather(const float* x, int64_t first, int64_t last);  // rows first … last
  bool sparse(int64_t first, int64_t last) const;            // whether these rows are to be gone through by their entries
};

// As gemm_panels, to the bit where N has no narrow rest, with x told by its events.
void events_panels(const GemmSlice& s, int64_t N, const Events& x, const float* w, const float* bias, float* y, int64_t ldy, const Epilogue& epilogue);

// As weight_grad: dw[n, k] = sum_m dy[m, n] x[m, k], in panels; a slice has some values of k.
int events_weight_slices(int64_t K);
int64_t events_weight_scratch(int64_t M, int64_t K);  // bytes a worker
void events_weight(int slice, int64_t N, const Events& x, const float* dy, int64_t ldy, float* dw, void* scratch, const Epilogue& epilogue);

}  // namespace synfire

// Pooling of images in [N, H, W, C]: the maximum, the mean, and the mean of a whole image, with their gradients.
// Every function does one slice of pool2d_slices(shape): rows of what it writes.
#pragma once
#include <cstdint>

#include "synfire/tensor/epilogue.h"

namespace synfire {

struct PoolShape {
  int64_t N, H, W, C, KH, KW;              // max pools: KH*KW <= 256
  int64_t SH = 1, SW = 1;                  // stride
  int64_t PT = 0, PL = 0, PB = 0, PR = 0;  // padding: top, left, bottom, right

  int64_t OH() const { return (H + PT + PB - KH) / SH + 1; }
  int64_t OW() const { return (W + PL + PR - KW) / SW + 1; }
};

int pool2d_slices(const PoolShape& s);

// y [N, OH, OW, C] = the largest of a window, and argmax, where in the window (kh * KW + kw) it is: the first of equals. NaN wins.
// A window that lies in the padding alone gives -infinity and 0. argmax may be null.
void max_pool2d(const PoolShape& s, int slice, const float* x, float* y, uint8_t* argmax, const Epilogue& epilogue);
// dx = the sum of dy of the windows whose largest this pixel was.
void max_pool2d_grad(const PoolShape& s, int slice, const float* dy, const uint8_t* argmax, float* dx, const Epilogue& epilogue);
// y = x at argmax: the gradient of the gradient.
void max_pool2d_gather(const PoolShape& s, int slice, const float* x, const uint8_t* argmax, float* y, const Epilogue& epilogue);

// y = the mean of a window. The padding counts as zeros (count_pad, as in PyTorch) or not at all.
void avg_pool2d(const PoolShape& s, bool count_pad, int slice, const float* x, float* y, const Epilogue& epilogue);
void avg_pool2d_grad(const PoolShape& s, bool count_pad, int slice, const float* dy, float* dx, const Epilogue& epilogue);

// y [N, C] = the mean over the pixels of x [N, pixels, C].
int global_avg_pool_slices(int64_t N, int64_t pixels, int64_t C);
void global_avg_pool(int64_t N, int64_t pixels, int64_t C, int slice, const float* x, float* y, const Epilogue& epilogue);
void global_avg_pool_grad(int64_t N, int64_t pixels, int64_t C, int slice, const float* dy, float* dx, const Epilogue& epilogue);

}  // namespace synfire

// Two-dimensional convolution and its two gradients, straight on images in [N, H, W, C] without im2col.
//
// x [N, H, W, C], y [N, OH, OW, OC] and their gradients are dense and not padded. Weights are the matrix [OC, KH*KW*C/groups]
// in panels (view.h): [ceil(OC/16)][KH*KW*C/groups][16]. Every function does one slice of the work; which slices there are
// follows from the shape alone, so the bits of a result do not depend on who runs them. `scratch` is private to a running slice:
// conv2d_scratch() bytes, 64-byte aligned, contents arbitrary.
#pragma once
#include <cstddef>
#include <cstdint>

#include "synfire/tensor/epilogue.h"

namespace synfire {

struct ConvShape {
  int64_t N, H, W, C, OC, KH, KW;
  int64_t SH = 1, SW = 1;                  // stride
  int64_t PT = 0, PL = 0, PB = 0, PR = 0;  // zeros around an image: top, left, bottom, right
  int64_t groups = 1;                      // divides C and OC

  int64_t OH() const { return (H + PT + PB - KH) / SH + 1; }
  int64_t OW() const { return (W + PL + PR - KW) / SW + 1; }
  int64_t K() const { return KH * KW * (C / groups); }  // products an output element
  bool depthwise() const { return groups > 1 && groups == C && OC == C && KH <= 16; }  // has kernels of its own
  double flops() const { return 2.0 * double(N * OH() * OW()) * double(OC) * double(K()); }
};

size_t conv2d_scratch(const ConvShape& s);  // bytes, enough for a slice of any function below

// y = x * w + bias[OC]; bias may be null. The epilogue gets runs of whole pixels of y. Where ready_floats is not 0, w are the ready
// weights, which are made once a step in any number of slices; elsewhere the stored ones.
int64_t conv2d_ready_floats(const ConvShape& s);
void conv2d_ready_weights(const ConvShape& s, const float* w, float* ready, int slice, int slices);
int conv2d_slices(const ConvShape& s);
void conv2d_forward(const ConvShape& s, int slice, const float* x, const float* w, const float* bias, float* y, float* scratch,
                    const Epilogue& epilogue);

// The gradient of x is a convolution of dy with the weights turned round and transposed; with a stride, one such convolution
// for each of the SH*SW positions that a pixel can have between windows. Turned weights are made once a step, in any number of slices.
int64_t conv2d_flipped_floats(const ConvShape& s);
void conv2d_flip_weights(const ConvShape& s, const float* w, float* flipped, int slice, int slices);
int conv2d_input_grad_slices(const ConvShape& s);
void conv2d_input_grad(const ConvShape& s, int slice, const float* dy, const float* flipped, float* dx, float* scratch,
                       const Epilogue& epilogue);  // gets runs of whole pixels of dx

// The gradient of w in two phases: partial sums over parts of the batch, then their sum in a fixed order.
int conv2d_weight_grad_slices(const ConvShape& s);
size_t conv2d_weight_grad_partials(const ConvShape& s);  // bytes
void conv2d_weight_grad(const ConvShape& s, int slice, const float* x, const float* dy, float* partials, float* scratch);
// In any number of slices. dw may be null: then only the epilogue sees the sums, in chunks of a few KB in stored order.
void conv2d_weight_grad_finish(const ConvShape& s, int slice, int slices, const float* partials, float* dw, float* scratch,
                               const Epilogue& epilogue);
// db[OC]: conv2d_weight_grad leaves the sums of dy among its partials.
void conv2d_bias_grad_finish(const ConvShape& s, const float* partials, float* db);

}  // namespace synfire

// Convolution of each channel by itself (groups == C == OC): conv.h sends such shapes here.
//
// There is too little work in a pixel to pay for a padded copy, so rows of the image are read where they are: what an output row
// sees is a list of rows and of taps within them, and the columns at the borders have fewer taps.
#pragma once
#include "synfire/tensor/conv.h"

namespace synfire {

int depthwise_slices(int64_t rows, int64_t row_floats);  // of the images that are written
int64_t depthwise_scratch_floats(const ConvShape& s);    // of the weight gradient; the others need none
void depthwise_forward(const ConvShape& s, int slice, const float* x, const float* w, const float* bias, float* y, const Epilogue& epilogue);
void depthwise_input_grad(const ConvShape& s, int slice, const float* dy, const float* w, float* dx, const Epilogue& epilogue);
// dw [ceil(C/16)][taps][16] and db [ceil(C/16)][16] of output rows first … last-1, counted through all images.
void depthwise_weight_grad(const ConvShape& s, int64_t first, int64_t last, const float* x, const float* dy, float* dw, float* db, float* scratch);

}  // namespace synfire

// Convolutions with windows three pixels wide that move by one pixel, with four multiplications for six: Winograd's F(2, 3) along
// the rows of an image (Winograd 1980; Lavin & Gray 2016). Two neighbouring pixels y of taps g over four inputs d are
//
//   m0 = (d0 - d2) g0,   m1 = (d1 + d2) (g0 + g1 + g2) / 2,   m2 = (d2 - d1) (g0 - g1 + g2) / 2,   m3 = (d1 - d3) g2
//   y0 = m0 + m1 + m2,   y1 = m1 - m2 - m3
//
// summed over channels and over the rows of the window, which is where nearly all the work is. So images are spread into four planes
// [pair of columns][row][C], each is convolved along the rows by its own weights, and what comes out is merged. The gradient of the
// weights is the same turned round. Across an image no more than one addition is in front of a product: errors stay those of floats.
#pragma once
#include "synfire/tensor/conv_geometry.h"

namespace synfire::conv {

constexpr int kPlanes = 4;

bool by_winograd(const ConvShape& s);  // a property of the shape, as last bits depend on it
ConvShape turned(const ConvShape& s);  // without stride, the gradient of x is this convolution of dy

// Weights as the planes want them: [plane][panel][KH * C][16] from taps [panel][KH][3][C][16]; unit u of them, of panels * KH.
inline int64_t winograd_units(const ConvShape& s) { return s.OC / 16 * s.KH; }
inline int64_t winograd_weight_floats(const ConvShape& s) { return kPlanes * winograd_units(s) * s.C * 16; }
void spread_taps(const ConvShape& s, int64_t unit, const float* taps, float* w);

int64_t winograd_scratch_floats(const ConvShape& s);
void winograd_forward(const ConvShape& s, int slice, const float* x, const float* w, const float* bias, float* y, float* scratch,
                      const Epilogue& epilogue);
void winograd_weight_grad(const ConvShape& s, int slice, const float* x, const float* dy, float* partials, float* scratch);

}  // namespace synfire::conv

// Mean pools: of windows and of whole images, and their gradients, which every input pixel gathers from the windows over it.
#include <algorithm>
#include <cstring>

#include "synfire/tensor/pool2d.h"
#include "synfire/tensor/pool2d_rows.h"
#include "synfire/tensor/vec.h"

namespace synfire {
namespace {
using namespace pool;

// y [C] (+)= scale * x [C]
void add_scaled(const float* x, float scale, int64_t C, bool fresh, float* y) {
  int64_t c = 0;
  for (; c + 8 <= C; c += 8) store(y + c, fma(load(x + c), splat(scale), fresh ? Vec{} : load(y + c)));
  for (; c < C; ++c) y[c] = (fresh ? 0 : y[c]) + scale * x[c];
}

// One over the elements that the mean of a window (oh, ow) counts. PyTorch counts the padding, but nothing beyond it.
float share(const PoolShape& s, bool count_pad, int64_t oh, int64_t ow) {
  int64_t h = oh * s.SH - s.PT, w = ow * s.SW - s.PL;
  int64_t count = count_pad ? s.KH * s.KW : inside(h, s.KH, s.H).size() * inside(w, s.KW, s.W).size();
  return count ? 1.f / static_cast<float>(count) : 0.f;
}

}  // namespace

void avg_pool2d(const PoolShape& s, bool count_pad, int slice, const float* x, float* y, const Epilogue& epilogue) {
  int64_t rows = s.N * s.OH(), row_floats = s.OW() * s.C, slices = pool2d_slices(s);
  for (int64_t r = rows * slice / slices; r < rows * (slice + 1) / slices; ++r) {
    int64_t oh = r % s.OH(), top = oh * s.SH - s.PT;
    const float* image = x + r / s.OH() * s.H * s.W * s.C;
    Span kh = inside(top, s.KH, s.H);
    for (int64_t ow = 0; ow < s.OW(); ++ow) {
      int64_t left = ow * s.SW - s.PL;
      Span kw = inside(left, s.KW, s.W);
      float scale = share(s, count_pad, oh, ow), *out = y + r * row_floats + ow * s.C;
      bool fresh = true;
      for (int64_t h = kh.first; h < kh.last; ++h)
        for (int64_t w = kw.first; w < kw.last; ++w, fresh = false) add_scaled(image + ((top + h) * s.W + left + w) * s.C, scale, s.C, fresh, out);
      if (fresh) std::memset(out, 0, size_t(s.C) * 4);
    }
    epilogue(y + r * row_floats, r * row_floats, row_floats);
  }
}

void avg_pool2d_grad(const PoolShape& s, bool count_pad, int slice, const float* dy, float* dx, const Epilogue& epilogue) {
  int64_t rows = s.N * s.H, row_floats = s.W * s.C, slices = pool2d_slices(s);
  for (int64_t r = rows * slice / slices; r < rows * (slice + 1) / slices; ++r) {
    const float* image = dy + r / s.H * s.OH() * s.OW() * s.C;
    Span oh = windows_over(r % s.H + s.PT, s.KH, s.SH, s.OH());
    for (int64_t w = 0; w < s.W; ++w) {
      Span ow = windows_over(w + s.PL, s.KW, s.SW, s.OW());
      float* out = dx + r * row_floats + w * s.C;
      bool fresh = true;
      for (int64_t i = oh.first; i < oh.last; ++i)
        for (int64_t j = ow.first; j < ow.last; ++j, fresh = false)
          add_scaled(image + (i * s.OW() + j) * s.C, share(s, count_pad, i, j), s.C, fresh, out);
      if (fresh) std::memset(out, 0, size_t(s.C) * 4);
    }
    epilogue(dx + r * row_floats, r * row_floats, row_floats);
  }
}

int global_avg_pool_slices(int64_t N, int64_t pixels, int64_t C) {
  return static_cast<int>(std::clamp<int64_t>(std::min(N, N * pixels * C / 32768), 1, 32));
}

void global_avg_pool(int64_t N, int64_t pixels, int64_t C, int slice, const float* x, float* y, const Epilogue& epilogue) {
  int64_t slices = global_avg_pool_slices(N, pixels, C);
  for (int64_t n = N * slice / slices; n < N * (slice + 1) / slices; ++n) {
    const float* image = x + n * pixels * C;
    int64_t c = 0;
    for (; c + 8 <= C; c += 8) {
      Vec sum[4] = {};
      int64_t p = 0;
      for (; p + 4 <= pixels; p += 4)
        for (int i = 0; i < 4; ++i) sum[i] += load(image + (p + i) * C + c);
      for (; p < pixels; ++p) sum[0] += load(image + p * C + c);
      store(y + n * C + c, ((sum[0] + sum[1]) + (sum[2] + sum[3])) * splat(1.f / float(pixels)));
    }
    for (; c < C; ++c) {
      float sum = 0;
      for (int64_t p = 0; p < pixels; ++p) sum += image[p * C + c];
      y[n * C + c] = sum * (1.f / float(pixels));
    }
    epilogue(y + n * C, n * C, C);
  }
}

void global_avg_pool_grad(int64_t N, int64_t pixels, int64_t C, int slice, const float* dy, float* dx, const Epilogue& epilogue) {
  int64_t slices = global_avg_pool_slices(N, pixels, C);
  float scale = 1.f / float(pixels);
  for (int64_t n = N * slice / slices; n < N * (slice + 1) / slices; ++n) {
    float* image = dx + n * pixels * C;
    for (int64_t p = 0; p < pixels; ++p) add_scaled(dy + n * C, scale, C, true, image + p * C);
    epilogue(image, n * pixels * C, pixels * C);
  }
}

}  // namespace synfire

// Max pools: the largest of each window and where it was, its gradient gathered per input pixel, and its second-order gather.
#include "synfire/tensor/pool2d.h"

#include <algorithm>
#include <limits>

#include "synfire/tensor/pool2d_rows.h"
#include "synfire/tensor/vec.h"

namespace synfire {
namespace {
using namespace pool;

using Ints = int32_t __attribute__((vector_size(32)));

// Eight bytes to eight integers and back; the compiler's own conversion goes one by one.
inline __attribute__((always_inline)) Ints load_bytes(const uint8_t* p) {
#ifdef __AVX2__
  return reinterpret_cast<Ints>(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
#else
  Ints v;
  for (int i = 0; i < 8; ++i) v[i] = p[i];
  return v;
#endif
}
inline __attribute__((always_inline)) void store_bytes(uint8_t* p, Ints v) {
#ifdef __AVX2__
  __m256i wide = reinterpret_cast<__m256i>(v);
  __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packus_epi16(words, words));
#else
  for (int i = 0; i < 8; ++i) p[i] = static_cast<uint8_t>(v[i]);
#endif
}

// The window of output (oh, ow): its part inside the image. x is the image.
struct Window {
  const PoolShape& s;
  Span rows, cols;  // of taps
  const float* corner;  // where tap (0, 0) would be

  Window(const PoolShape& shape, const float* x, int64_t oh, int64_t ow)
      : s(shape), rows(inside(oh * s.SH - s.PT, s.KH, s.H)), cols(inside(ow * s.SW - s.PL, s.KW, s.W)),
        corner(x + ((oh * s.SH - s.PT) * s.W + ow * s.SW - s.PL) * s.C) {}

  template <class V, class I, class Load>  // V, I: eight channels, or one
  void largest(const Load& at, V& best, I& where) const {
    for (int64_t kh = rows.first; kh < rows.last; ++kh)
      for (int64_t kw = cols.first; kw < cols.last; ++kw) {
        V v = at(corner + (kh * s.W + kw) * s.C);
        auto take = (v > best) | (v != v);
        best = take ? v : best;
        where = take ? I{} + static_cast<int32_t>(kh * s.KW + kw) : where;
      }
  }
};

void max_pixel(const Window& w, int64_t C, float* y, uint8_t* argmax) {
  constexpr float kLowest = -std::numeric_limits<float>::infinity();
  int64_t c = 0;
  for (; c + 8 <= C; c += 8) {
    Vec best = splat(kLowest);
    Ints where{};
    w.largest([c](const float* p) { return load(p + c); }, best, where);
    store(y + c, best);
    if (argmax) store_bytes(argmax + c, where);
  }
  for (; c < C; ++c) {
    float best = kLowest;
    int32_t where = 0;
    w.largest([c](const float* p) { return p[c]; }, best, where);
    y[c] = best;
    if (argmax) argmax[c] = static_cast<uint8_t>(where);
  }
}

// The common case, windows of 2 by 2 inside the image and side by side: a, b are the two rows of x.
template <bool kWhere>
void max_2x2(const float* a, const float* b, int64_t count, int64_t C, float* y, uint8_t* argmax) {
  for (int64_t j = 0; j < count; ++j, a += 2 * C, b += 2 * C, y += C, argmax += kWhere ? C : 0)
    for (int64_t c = 0; c < C; c += 8) {
      Vec best = load(a + c);
      Ints where{};
      auto look = [&](const float* p, int32_t tap) __attribute__((always_inline)) {
        Vec v = load(p + c);
        Ints take = (v > best) | (v != v);
        best = take ? v : best;
        if (kWhere) where = take ? Ints{} + tap : where;
      };
      look(a + C, 1), look(b, 2), look(b + C, 3);
      store(y + c, best);
      if (kWhere) store_bytes(argmax + c, where);
    }
}

bool plain_2x2(const PoolShape& s) {
  return s.KH == 2 && s.KW == 2 && s.SH == 2 && s.SW == 2 && s.C % 8 == 0 && s.PT + s.PL + s.PB + s.PR == 0;
}

}  // namespace

int pool2d_slices(const PoolShape& s) {
  int64_t rows = s.N * s.OH();
  return static_cast<int>(std::clamp<int64_t>(std::min(rows, s.N * s.H * s.W * s.C / 32768), 1, 32));
}

void max_pool2d(const PoolShape& s, int slice, const float* x, float* y, uint8_t* argmax, const Epilogue& epilogue) {
  int64_t rows = s.N * s.OH(), row_floats = s.OW() * s.C, slices = pool2d_slices(s);
  bool plain = plain_2x2(s);
  for (int64_t r = rows * slice / slices; r < rows * (slice + 1) / slices; ++r) {
    int64_t oh = r % s.OH();
    const float* image = x + r / s.OH() * s.H * s.W * s.C;
    float* out = y + r * row_floats;
    uint8_t* where = argmax ? argmax + r * row_floats : nullptr;
    const float *a = image + 2 * oh * s.W * s.C, *b = a + s.W * s.C;
    if (plain && where) max_2x2<true>(a, b, s.OW(), s.C, out, where);
    else if (plain) max_2x2<false>(a, b, s.OW(), s.C, out, nullptr);
    else for (int64_t ow = 0; ow < s.OW(); ++ow) max_pixel(Window(s, image, oh, ow), s.C, out + ow * s.C, where ? where + ow * s.C : nullptr);
    epilogue(out, r * row_floats, row_floats);
  }
}

namespace {

// dx of eight channels (or one) of pixel (h, w): dy of the windows whose largest it was.
template <class V, class LoadDy, class Equals>
V gathered(const PoolShape& s, Span rows, Span cols, int64_t h, int64_t w, const LoadDy& dy, const Equals& equals) {
  V sum{};
  for (int64_t oh = rows.first; oh < rows.last; ++oh)
    for (int64_t ow = cols.first; ow < cols.last; ++ow) {
      int64_t tap = (h + s.PT - oh * s.SH) * s.KW + w + s.PL - ow * s.SW, at = (oh * s.OW() + ow) * s.C;
      sum += equals(at, static_cast<int32_t>(tap)) ? dy(at) : V{};
    }
  return sum;
}

// Two rows of dx below one row of windows of 2 by 2.
void grad_2x2(const float* dy, const uint8_t* argmax, int64_t count, int64_t C, float* a, float* b) {
  for (int64_t j = 0; j < count; ++j, dy += C, argmax += C, a += 2 * C, b += 2 * C)
    for (int64_t c = 0; c < C; c += 8) {
      Vec g = load(dy + c), zero{};
      Ints where = load_bytes(argmax + c);
      store(a + c, where == 0 ? g : zero), store(a + C + c, where == 1 ? g : zero);
      store(b + c, where == 2 ? g : zero), store(b + C + c, where == 3 ? g : zero);
    }
}

}  // namespace

void max_pool2d_grad(const PoolShape& s, int slice, const float* dy, const uint8_t* argmax, float* dx, const Epilogue& epilogue) {
  bool plain = plain_2x2(s) && s.H % 2 == 0 && s.W % 2 == 0;
  int64_t unit = plain ? 2 : 1, rows = s.N * s.H / unit, slices = pool2d_slices(s), row_floats = s.W * s.C;
  for (int64_t r = rows * slice / slices * unit; r < rows * (slice + 1) / slices * unit; r += unit) {
    int64_t n = r / s.H, h = r % s.H, image = n * s.OH() * s.OW() * s.C;
    float* out = dx + r * row_floats;
    if (plain) {
      int64_t at = r / 2 * s.OW() * s.C;
      grad_2x2(dy + at, argmax + at, s.OW(), s.C, out, out + row_floats);
      epilogue(out, r * row_floats, 2 * row_floats);
      continue;
    }
    Span oh = windows_over(h + s.PT, s.KH, s.SH, s.OH());
    for (int64_t w = 0; w < s.W; ++w) {
      Span ow = windows_over(w + s.PL, s.KW, s.SW, s.OW());
      int64_t c = 0;
      for (; c + 8 <= s.C; c += 8)
        store(out + w * s.C + c, gathered<Vec>(s, oh, ow, h, w, [&](int64_t at) { return load(dy + image + at + c); },
                                               [&](int64_t at, int32_t tap) { return load_bytes(argmax + image + at + c) == tap; }));
      for (; c < s.C; ++c)
        out[w * s.C + c] = gathered<float>(s, oh, ow, h, w, [&](int64_t at) { return dy[image + at + c]; },
                                           [&](int64_t at, int32_t tap) { return argmax[image + at + c] == tap; });
    }
    epilogue(out, r * row_floats, row_floats);
  }
}

void max_pool2d_gather(const PoolShape& s, int slice, const float* x, const uint8_t* argmax, float* y, const Epilogue& epilogue) {
  int64_t rows = s.N * s.OH(), row_floats = s.OW() * s.C, slices = pool2d_slices(s);
  for (int64_t r = rows * slice / slices; r < rows * (slice + 1) / slices; ++r) {
    const float* image = x + r / s.OH() * s.H * s.W * s.C;
    int64_t top = r % s.OH() * s.SH - s.PT;
    for (int64_t i = 0; i < row_floats; ++i) {
      int64_t h = top + argmax[r * row_floats + i] / s.KW, w = i / s.C * s.SW - s.PL + argmax[r * row_floats + i] % s.KW;
      bool in = h >= 0 && h < s.H && w >= 0 && w < s.W;
      y[r * row_floats + i] = in ? image[(h * s.W + w) * s.C + i % s.C] : 0;
    }
    epilogue(y + r * row_floats, r * row_floats, row_floats);
  }
}

}  // namespace synfire

// View: a typed window on numbers that somebody else owns.
#pragma once
#include <cassert>
#include <vector>

#include "synfire/base/shape.h"

namespace synfire {

// How the elements of a matrix [N, K…] lie in memory. rows: row-major. panels: [ceil(N/16)][K][16], the 16 values of one k of
// 16 neighbouring rows side by side, missing rows zero: what matrix and convolution kernels stream from. Weights, their
// gradients and their optimizer slots live in panels for good; files and users only ever see rows.
enum class Layout : uint8_t { rows, panels };

struct View {
  void* data = nullptr;
  DType dtype = DType::f32;
  Shape shape;  // logical, whatever the layout
  Layout layout = Layout::rows;

  template <class T> T* as() const { assert(sizeof(T) == size_t(size_of(dtype))); return static_cast<T*>(data); }
  float* f32() const { return as<float>(); }
};

// Elements that a shape takes up in a layout (panels are padded to whole panels).
inline int64_t stored_numel(const Shape& shape, Layout layout) {
  if (layout == Layout::rows) return shape.numel();
  return (shape[0] + 15) / 16 * 16 * shape.from(1);
}

}  // namespace synfire

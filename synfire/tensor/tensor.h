// Tensor: numbers with their type and shape that own their memory. Files are read into it and written from it; the engine
// itself computes on views.
#pragma once
#include <algorithm>
#include <cassert>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "synfire/base/shape.h"

namespace synfire {

struct Tensor {
  DType dtype = DType::f32;
  Shape shape;
  std::vector<std::byte> bytes;  // row-major, in the machine's byte order

  Tensor() = default;
  Tensor(DType type, const Shape& dims) : dtype(type), shape(dims), bytes(size_t(dims.numel() * size_of(type))) {}

  template <class T> static Tensor of(DType type, const Shape& dims, std::span<const T> values);

  int64_t numel() const { return shape.numel(); }
  template <class T> T* as() { assert(sizeof(T) == size_t(size_of(dtype))); return reinterpret_cast<T*>(bytes.data()); }
  template <class T> const T* as() const { assert(sizeof(T) == size_t(size_of(dtype))); return reinterpret_cast<const T*>(bytes.data()); }
  template <class T> std::span<const T> span() const { return {as<T>(), size_t(numel())}; }

  bool operator==(const Tensor&) const = default;
};

template <class T>
Tensor Tensor::of(DType type, const Shape& dims, std::span<const T> values) {
  Tensor t(type, dims);
  assert(int64_t(values.size()) == t.numel());
  std::copy(values.begin(), values.end(), t.as<T>());
  return t;
}

// Calls f with a pointer to the elements in their own type.
template <class F>
auto with_elements(const Tensor& t, const F& f) {
  switch (t.dtype) {
    case DType::f64: return f(t.as<double>());
    case DType::i32: return f(t.as<int32_t>());
    case DType::i64: return f(t.as<int64_t>());
    case DType::u8: return f(t.as<uint8_t>());
    default: return f(t.as<float>());
  }
}

}  // namespace synfire

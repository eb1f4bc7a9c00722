// What becomes of an array that somebody gives: samples with labels of our own, and labels of samples of our own.
#pragma once
#include "synfire/data/arrays.h"
#include "tests/fuzz/target.h"

namespace synfire::fuzz {

constexpr int64_t kMostRows = 1 << 20;  // without content, that we make labels for

inline void use_array(const Tensor& t) {
  expect(int64_t(t.bytes.size()) == t.numel() * size_of(t.dtype), "an array has as many bytes as its shape says");
  int64_t rows = t.shape.rank() > 0 ? t.shape[0] : 1;
  if (rows > kMostRows && t.numel() == 0) return;
  for (const char* layout : {"", "nchw"}) {
    try {
      checked(dataset_of({{Part::train, t, Tensor(DType::u8, {rows}), "x", "y"}}, {"", layout}));
    } catch (const Failure&) {}  // the next use may still take it
  }
  checked(dataset_of({{Part::train, Tensor(DType::f32, {rows, 1}), t, "x", "y"}}, {}));
}

}  // namespace synfire::fuzz

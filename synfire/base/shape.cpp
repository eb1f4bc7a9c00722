// Shapes: products, comparison, text.
#include "synfire/base/shape.h"

#include <algorithm>

#include "synfire/base/checked.h"

namespace synfire {

int64_t size_of(DType dtype) {
  switch (dtype) {
    case DType::f64:
    case DType::i64: return 8;
    case DType::u8: return 1;
    default: return 4;
  }
}

std::string_view name_of(DType dtype) {
  constexpr std::string_view names[] = {"f32", "f64", "i32", "i64", "u8"};
  return names[static_cast<int>(dtype)];
}

void Shape::push_back(int64_t d) {
  if (rank_ == kMaxRank) fail(Code::shape, "more than 8 dimensions");
  dims_[rank_++] = d;
}

int64_t Shape::numel() const { return from(0); }

int64_t Shape::from(int i) const {
  int64_t n = 1;
  for (; i < rank_; ++i) n = checked_mul(n, dims_[i]);
  return n;
}

Shape Shape::slice(int first, int last) const {
  Shape s;
  for (int i = first; i < last; ++i) s.push_back(dims_[i]);
  return s;
}

bool Shape::operator==(const Shape& o) const { return std::equal(begin(), end(), o.begin(), o.end()); }

std::string Shape::str() const {
  std::string s = "[";
  for (int i = 0; i < rank_; ++i) s += (i ? ", " : "") + std::to_string(dims_[i]);
  return s + "]";
}

}  // namespace synfire

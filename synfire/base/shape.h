// What a block of numbers is: its element type and its dimensions.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "synfire/base/error.h"

namespace synfire {

enum class DType : uint8_t { f32, f64, i32, i64, u8 };
int64_t size_of(DType dtype);          // bytes an element
std::string_view name_of(DType dtype); // "f32" …

// Dimensions of a contiguous row-major array, outermost first; at most 8. A scalar has rank 0 and one element.
class Shape {
 public:
  static constexpr int kMaxRank = 8;
  Shape() = default;
  Shape(std::initializer_list<int64_t> dims) { for (int64_t d : dims) push_back(d); }

  int rank() const { return rank_; }
  int64_t operator[](int i) const { return dims_[i < 0 ? i + rank_ : i]; }  // negative counts from the end
  int64_t& operator[](int i) { return dims_[i < 0 ? i + rank_ : i]; }
  const int64_t* begin() const { return dims_; }
  const int64_t* end() const { return dims_ + rank_; }
  void push_back(int64_t d);             // throws Failure beyond rank 8
  int64_t numel() const;                 // product of all dimensions; throws Failure on overflow
  int64_t from(int i) const;             // product of dimensions i …; 1 past the end
  Shape slice(int first, int last) const;  // dimensions first … last-1
  bool operator==(const Shape& o) const;
  std::string str() const;               // "[64, 28, 28, 1]"

 private:
  int64_t dims_[kMaxRank] = {};
  int rank_ = 0;
};

}  // namespace synfire

// Size arithmetic that cannot wrap: everything that a file claims about sizes goes through these.
#pragma once
#include <cstdint>

#include "synfire/base/error.h"

namespace synfire {

inline int64_t checked_mul(int64_t a, int64_t b) {
  int64_t r;
  if (__builtin_mul_overflow(a, b, &r)) fail(Code::data, "a size overflows 64 bits");
  return r;
}

inline int64_t checked_add(int64_t a, int64_t b) {
  int64_t r;
  if (__builtin_add_overflow(a, b, &r)) fail(Code::data, "a size overflows 64 bits");
  return r;
}

}  // namespace synfire

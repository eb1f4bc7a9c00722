// The vector functions with fused multiply-add, as the library uses them on processors that have it.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#pragma GCC target("avx2,fma")
#include "tests/support/accuracy.h"

namespace synfire {
namespace {

bool has_fma() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

TEST(VectorMathFma, accurate) {
  if (!has_fma()) GTEST_SKIP() << "no FMA in this processor";
  EXPECT_EQ(math::madd(1.f + 0x1p-12f, 1.f - 0x1p-12f, -1.f), -0x1p-24f);  // fused indeed
  accuracy::check_accuracy();
}
TEST(VectorMathFma, right_at_the_edges) {
  if (!has_fma()) GTEST_SKIP() << "no FMA in this processor";
  accuracy::check_edges();
}

}  // namespace
}  // namespace synfire

// The dynamic loader takes the library of the level that it is told to: otherwise ./test would test one level three times.
#include "synfire/tensor/level.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace synfire {
namespace {

TEST(Level, is_the_one_that_the_loader_was_told) {
  const char* tunables = std::getenv("GLIBC_TUNABLES");
  std::string lacks = tunables ? tunables : "";
  bool avx512 = __builtin_cpu_supports("x86-64-v4") && lacks.find("-AVX512F") == std::string::npos;
  bool avx2 = __builtin_cpu_supports("x86-64-v3") && lacks.find("-AVX2") == std::string::npos;
  EXPECT_EQ(level_lanes(), !avx2 ? 4 : !avx512 ? 8 : 16);
  EXPECT_EQ(std::string(level_name()), !avx2 ? "x86-64" : !avx512 ? "x86-64-v3" : "x86-64-v4");
}

}  // namespace
}  // namespace synfire

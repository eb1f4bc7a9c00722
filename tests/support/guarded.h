// Helpers of the kernel tests: buffers with guard words, an epilogue that notes what it saw, slices run in two orders.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "synfire/base/random.h"
#include "synfire/tensor/epilogue.h"

namespace synfire {

inline constexpr float kGuard = 12345.25f;
inline constexpr int64_t kGuards = 64;

// Floats between guard words, full of NaN until they are written.
struct Guarded {
  std::vector<float> all;
  int64_t n;
  explicit Guarded(int64_t count) : all(size_t(count + 2 * kGuards), NAN), n(count) {
    for (int64_t i = 0; i < kGuards; ++i) all[size_t(i)] = all[size_t(kGuards + n + i)] = kGuard;
  }
  float* data() { return all.data() + kGuards; }
  float operator[](int64_t i) const { return all[size_t(kGuards + i)]; }
  bool intact() const {
    for (int64_t i = 0; i < kGuards; ++i) if (all[size_t(i)] != kGuard || all[size_t(kGuards + n + i)] != kGuard) return false;
    return true;
  }
};

inline std::vector<float> uniform(int64_t n, const char* name) {
  Random r{7, stream_of(name), 0};
  std::vector<float> v(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i) v[size_t(i)] = 2 * r.uniform(uint64_t(i)) - 1;
  return v;
}

inline void expect_near(const Guarded& got, const std::vector<double>& want, double sum_length, const char* what) {
  ASSERT_TRUE(got.intact()) << what << " wrote beyond its end";
  double limit = 4e-7 * std::sqrt(sum_length) * 8 + 1e-6;
  for (size_t i = 0; i < want.size(); ++i) ASSERT_NEAR(got[int64_t(i)], want[i], limit * std::max(1.0, std::abs(want[i]))) << what << " at " << i;
}

// An epilogue that notes which elements it saw, and what.
struct Seen {
  std::vector<float> values;
  std::vector<int> times;
  explicit Seen(int64_t n) : values(size_t(n)), times(size_t(n)) {}
  static void note(const void* context, float* data, int64_t offset, int64_t count) {
    auto* seen = static_cast<Seen*>(const_cast<void*>(context));
    for (int64_t i = 0; i < count; ++i) seen->values[size_t(offset + i)] = data[i], ++seen->times[size_t(offset + i)];
  }
  Epilogue epilogue() const { return {note, this}; }
  void expect_once(const float* data) const {
    for (size_t i = 0; i < values.size(); ++i) {
      ASSERT_EQ(times[i], 1) << i;
      ASSERT_EQ(values[i], data[i]) << i;
    }
  }
};

// Runs every slice in each of two orders; both must give the same bits and each element to the epilogue once. f(slice, out, scratch, epilogue).
template <class F>
Guarded both_orders(int slices, int64_t n, size_t scratch_bytes, const F& f) {
  Guarded a(n), b(n);
  int64_t floats = int64_t(scratch_bytes / 4);
  Guarded scratch(floats + 16);
  auto* aligned = reinterpret_cast<float*>((reinterpret_cast<uintptr_t>(scratch.data()) + 63) / 64 * 64);
  Seen seen(n);
  for (int i = 0; i < slices; ++i) f(i, a.data(), aligned, seen.epilogue());
  seen.expect_once(a.data());
  for (int i = slices - 1; i >= 0; --i) f(i, b.data(), aligned, Epilogue{});
  EXPECT_TRUE(a.intact() && b.intact() && scratch.intact());
  EXPECT_EQ(std::memcmp(a.data(), b.data(), size_t(n) * 4), 0) << "the order of slices changes the result";
  return a;
}

}  // namespace synfire

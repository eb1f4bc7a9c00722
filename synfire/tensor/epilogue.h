// Epilogue: the elementwise work that a product or a convolution does on finished output rows while they are in cache.
#pragma once
#include <cstdint>

namespace synfire {

// run(context, data, offset, count): `data` holds the finished elements [offset, offset + count) of the output, in its stored
// order: whole rows of the last dimension, or a multiple of 16 in panels. Called once for every element, from any worker.
struct Epilogue {
  void (*run)(const void* context, float* data, int64_t offset, int64_t count) = nullptr;
  const void* context = nullptr;
  explicit operator bool() const { return run != nullptr; }
  void operator()(float* data, int64_t offset, int64_t count) const { if (run) run(context, data, offset, count); }
};

}  // namespace synfire

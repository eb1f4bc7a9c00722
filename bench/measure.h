// What programs that measure share: a clock that ignores the rest of the machine, shortest times, and the processor's own limit.
#pragma once
#include <time.h>

#include <algorithm>

namespace synfire {

inline double cpu_seconds() {  // of this thread
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}

// Twelve chains of multiply-add that never leave their registers: the peak in FLOP/s. Best of five runs of 60 µs.
__attribute__((target("avx2,fma"))) inline double fma_peak() {
  using Vec = float __attribute__((vector_size(32)));
  Vec x{}, y{}, a[12] = {};
  constexpr int kSteps = 10000;
  double best = 1e9;
  for (int sample = 0; sample < 5; ++sample) {
    double start = cpu_seconds();
    for (int i = 0; i < kSteps; ++i)
      asm volatile(
          "vfmadd213ps %12, %13, %0\n vfmadd213ps %12, %13, %1\n vfmadd213ps %12, %13, %2\n vfmadd213ps %12, %13, %3\n"
          "vfmadd213ps %12, %13, %4\n vfmadd213ps %12, %13, %5\n vfmadd213ps %12, %13, %6\n vfmadd213ps %12, %13, %7\n"
          "vfmadd213ps %12, %13, %8\n vfmadd213ps %12, %13, %9\n vfmadd213ps %12, %13, %10\n vfmadd213ps %12, %13, %11\n"
          : "+x"(a[0]), "+x"(a[1]), "+x"(a[2]), "+x"(a[3]), "+x"(a[4]), "+x"(a[5]), "+x"(a[6]), "+x"(a[7]), "+x"(a[8]), "+x"(a[9]),
            "+x"(a[10]), "+x"(a[11])
          : "x"(x), "x"(y));
    best = std::min(best, cpu_seconds() - start);
  }
  return kSteps * 12 * 16 / best;
}

// Shortest time of one call in some 20 ms of samples; a sample is one call, or 0.3 ms of short ones.
template <class F>
double shortest(const F& f) {
  f();
  double start = cpu_seconds();
  f();
  double once = cpu_seconds() - start, best = once;
  int calls = std::max(1, int(3e-4 / std::max(once, 1e-8))), samples = std::clamp(int(0.02 / (once * calls)), 6, 40);
  for (int s = 0; s < samples; ++s) {
    start = cpu_seconds();
    for (int i = 0; i < calls; ++i) f();
    best = std::min(best, (cpu_seconds() - start) / calls);
  }
  return best;
}

}  // namespace synfire

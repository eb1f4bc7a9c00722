// What programs that measure share: a clock that ignores the rest of the machine, shortest times, and the processor's own limit.
#pragma once
#include <time.h>

#include <algorithm>

#include "synfire/tensor/level.h"

namespace synfire {

inline double cpu_seconds() {  // of this thread
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}

// Twelve chains of multiply-add that never leave their registers: the peak in FLOP/s of the level whose library runs, 16 floats
// at a time or 8. Best of five runs of some 30 µs.
#define SYNFIRE_CHAINS(R)                                                                                                           \
  "vfmadd213ps %%" R "12, %%" R "13, %%" R "0\n vfmadd213ps %%" R "12, %%" R "13, %%" R "1\n vfmadd213ps %%" R "12, %%" R "13, %%" R "2\n"   \
  "vfmadd213ps %%" R "12, %%" R "13, %%" R "3\n vfmadd213ps %%" R "12, %%" R "13, %%" R "4\n vfmadd213ps %%" R "12, %%" R "13, %%" R "5\n"   \
  "vfmadd213ps %%" R "12, %%" R "13, %%" R "6\n vfmadd213ps %%" R "12, %%" R "13, %%" R "7\n vfmadd213ps %%" R "12, %%" R "13, %%" R "8\n"   \
  "vfmadd213ps %%" R "12, %%" R "13, %%" R "9\n vfmadd213ps %%" R "12, %%" R "13, %%" R "10\n vfmadd213ps %%" R "12, %%" R "13, %%" R "11\n"
template <int Lanes>
double fma_chains() {
  constexpr int kSteps = 10000;
  double best = 1e9;
  for (int sample = 0; sample < 5; ++sample) {
    double start = cpu_seconds();
    for (int i = 0; i < kSteps; ++i) {
      if constexpr (Lanes == 16)
        asm volatile(SYNFIRE_CHAINS("zmm") ::: "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11");
      else
        asm volatile(SYNFIRE_CHAINS("ymm") ::: "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11");
    }
    best = std::min(best, cpu_seconds() - start);
  }
  asm volatile("vzeroupper");
  return kSteps * 12 * 2.0 * Lanes / best;
}
inline double fma_peak() { return level_lanes() == 16 ? fma_chains<16>() : fma_chains<8>(); }

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

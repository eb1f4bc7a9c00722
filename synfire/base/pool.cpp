// Workers spin for a bounded time after each job, then sleep on the epoch (a futex); the caller takes part in every job.
#include "synfire/base/pool.h"

#include <chrono>

#if defined(__x86_64__)
#include <xmmintrin.h>
static void relax() { _mm_pause(); }
#else
static void relax() { std::this_thread::yield(); }
#endif

namespace synfire {

void flush_denormals() {
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
}

// About 30 µs: longer than the gap between two kernels of a step, too short to burn a core that others want.
static bool spin_until_changed(const std::atomic<uint32_t>& epoch, uint32_t seen) {
  auto start = std::chrono::steady_clock::now();
  for (;;) {
    for (int i = 0; i < 64; ++i) {
      if (epoch.load(std::memory_order_acquire) != seen) return true;
      relax();
    }
    if (std::chrono::steady_clock::now() - start > std::chrono::microseconds(30)) return false;
  }
}

Pool::Pool(int threads) {
  flush_denormals();  // of the thread that makes it, which is the one that calls
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this, i] { work(i); });
}

Pool::~Pool() {
  stop_.store(true);
  epoch_.fetch_add(1, std::memory_order_release);
  epoch_.notify_all();
  for (std::thread& t : workers_) t.join();
}

bool Pool::claim(int& slice) {
  uint64_t open = open_.load(std::memory_order_acquire);
  while (uint32_t(open) > 0) {
    if (!open_.compare_exchange_weak(open, open - 1, std::memory_order_acquire)) continue;
    slice = slices_ - int(uint32_t(open));
    return true;
  }
  return false;
}

void Pool::drain() {
  for (int slice; claim(slice);) {
    call_(context_, slice);
    done_.fetch_add(1, std::memory_order_release);
  }
}

void Pool::work(int index) {
  worker_ = index;
  flush_denormals();
  uint32_t seen = 0;
  for (;;) {
    if (!spin_until_changed(epoch_, seen)) epoch_.wait(seen, std::memory_order_acquire);
    uint32_t now = epoch_.load(std::memory_order_acquire);
    if (now == seen) continue;
    seen = now;
    if (stop_.load()) return;
    drain();
  }
}

void Pool::run_erased(int slices, Call call, const void* context) {
  if (busy_.test_and_set(std::memory_order_acquire)) {
    for (int i = 0; i < slices; ++i) call(context, i);
    return;
  }
  call_ = call, context_ = context, slices_ = slices;
  done_.store(0, std::memory_order_relaxed);
  uint32_t job = epoch_.load(std::memory_order_relaxed) + 1;
  open_.store(uint64_t{job} << 32 | uint32_t(slices), std::memory_order_release);
  epoch_.store(job, std::memory_order_release);
  epoch_.notify_all();
  drain();
  for (int spins = 0; done_.load(std::memory_order_acquire) < slices; ++spins) spins < 20000 ? relax() : std::this_thread::yield();
  busy_.clear(std::memory_order_release);
}

}  // namespace synfire

// The one scheduler: a fixed set of threads that run the slices of one job at a time. Which slices a job has is decided by
// its shapes, never by the number of threads, so results do not depend on it.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace synfire {

class Pool {
 public:
  explicit Pool(int threads);  // the caller counts as one; threads - 1 are started
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Which of a pool's threads this is: 0 the caller, 1 … its workers. Picks the scratch memory of a running kernel.
  static int worker() { return worker_; }
  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls f(slice) once for each slice in [0, slices), on any thread, and returns when all are done. f must not throw.
  // A call while another is under way (from a second caller, or from inside f) runs its slices alone, on the caller.
  template <class F>
  void run(int slices, const F& f) {
    if (slices <= 1 || workers_.empty()) {
      for (int i = 0; i < slices; ++i) f(i);
      return;
    }
    run_erased(slices, [](const void* ctx, int slice) { (*static_cast<const F*>(ctx))(slice); }, &f);
  }

 private:
  using Call = void (*)(const void*, int);
  void run_erased(int slices, Call call, const void* context);
  void work(int index);
  void drain();
  bool claim(int& slice);
  static inline thread_local int worker_ = 0;

  std::vector<std::thread> workers_;
  std::atomic_flag busy_;
  // One job at a time. epoch_ grows by one a job and wakes the workers. open_ is the job's number and how many of its slices nobody has
  // taken yet, in one word, so that a worker who comes late, when the next job is being set up, can take nothing of the old one. The
  // caller waits for slices that were taken, never for workers: one that the system does not let run holds nobody up.
  alignas(64) std::atomic<uint32_t> epoch_{0};
  alignas(64) std::atomic<uint64_t> open_{0};
  alignas(64) std::atomic<int> done_{0};
  std::atomic<bool> stop_{false};
  // Written before open_ is, read by who has taken a slice; nobody writes them again until all slices are done.
  int slices_ = 0;
  Call call_ = nullptr;
  const void* context_ = nullptr;
};

// Denormals count as zero in this thread (FTZ and DAZ): set once in every thread that computes.
void flush_denormals();

}  // namespace synfire

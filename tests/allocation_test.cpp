// A training step allocates nothing: every way to memory that a program has (malloc and its kin, which operator new uses; mmap) is counted
// by functions of the same names in this program, which the linker takes before the C library's.
#include <sys/mman.h>
#include <sys/syscall.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "synfire/inspect/inspector.h"
#include "tests/support/training.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COUNTED 0  // sanitizers bring their own malloc
#else
#define COUNTED 1
namespace {
std::atomic<bool> counting{false};
std::atomic<long> allocations{0};
void note() { if (counting.load(std::memory_order_relaxed)) allocations.fetch_add(1, std::memory_order_relaxed); }
}  // namespace

extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void* malloc(size_t n) { return note(), __libc_malloc(n); }
void* calloc(size_t n, size_t m) { return note(), __libc_calloc(n, m); }
void* realloc(void* p, size_t n) { return note(), __libc_realloc(p, n); }
void* aligned_alloc(size_t a, size_t n) { return note(), __libc_memalign(a, n); }
void* memalign(size_t a, size_t n) { return note(), __libc_memalign(a, n); }
int posix_memalign(void** p, size_t a, size_t n) { return note(), *p = __libc_memalign(a, n), *p ? 0 : 12; }
void* mmap(void* at, size_t n, int protection, int flags, int fd, off_t offset) {
  note();
  return reinterpret_cast<void*>(syscall(SYS_mmap, at, n, protection, flags, fd, offset));
}
}
#endif

namespace synfire {
namespace {

using testing::job_of;
using testing::perceptron;
using testing::Session;
using testing::TempFolder;

#if COUNTED
// Threads that have just been started (the pool's, and those that OpenBLAS starts when it is loaded) allocate when they begin to run: waits
// until all but this one sleep.
void let_others_settle() {
  for (int tries = 0; tries < 200; ++tries) {
    int awake = 0;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
      std::ifstream in(task.path() / "stat");
      std::string line((std::istreambuf_iterator<char>(in)), {});
      size_t name = line.rfind(')');
      awake += name != line.npos && name + 2 < line.size() && line[name + 2] != 'S';
    }
    if (awake <= 1) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

template <class F>
long allocations_of(const F& f) {
  allocations = 0, counting = true;
  f();
  counting = false;
  return allocations;
}

// A convolutional net where the catalogue has one, a perceptron with everything of [train] in it anyway.
std::vector<std::string> models() {
  std::string settings = "batch = 50\nepochs = 30\nclip_norm = 1.0\nl1 = 1e-5\nl2 = 1e-4\nschedule = \"cosine\"\nwarmup = 10\ncheckpoint_seconds = 0\n";
  std::vector<std::string> all{perceptron(settings, "transform = [\"standardize\"]\naugment = [{kind = \"shift\", pixels = 1}]\n", 300)};
  if (testing::has_layer("conv2d") && testing::has_layer("batch_norm") && testing::has_layer("dropout"))
    all.push_back("data = \"digits\"\n[[layer]]\nkind = \"conv2d\"\nfilters = 24\nkernel = 3\nactivation = \"relu\"\n[[layer]]\nkind = \"batch_norm\"\n[[layer]]\nkind = \"flatten\"\n"
                  "[[layer]]\nkind = \"dropout\"\np = 0.3\n[[layer]]\nkind = \"dense\"\nunits = \"classes\"\n[train]\n" + settings);
  return all;
}

TEST(PlanAllocation, TheCounterCounts) {
  let_others_settle();
  EXPECT_EQ(allocations_of([] {}), 0);
  EXPECT_GE(allocations_of([] { std::vector<int> v(100); EXPECT_EQ(v[7], 0); }), 1);
  EXPECT_GE(allocations_of([] { Arena a(1 << 22); }), 1);
}

TEST(PlanAllocation, AHundredRunsAllocateNothing) {
  for (const std::string& model : models())
    for (int threads : {1, 3}) {
      Job job = job_of(model, threads);
      let_others_settle();
      for (Executable* e : {&job.model->training(50), &job.model->evaluation(256)}) {
        Loader loader(job.source.data, job.source.split.train, job.source.fitted, job.source.training(e->batch, true, 1));
        loader.fill(job.model->pool(), 0, 0, e->x, e->target);
        if (e->lr) *e->lr = 1e-3f, *e->step = 1;
        EXPECT_EQ(allocations_of([&] { for (int k = 0; k < 100; ++k) e->run(); }), 0) << threads << " threads\n" << model;
      }
    }
}

// The whole loop with loader, schedule and log, between the ends of epochs.
TEST(TrainerAllocation, StepsAllocateNothing) {
  for (const std::string& model : models())
    for (int threads : {1, 2}) {
      TempFolder folder;
      Session s(model, folder / "run", threads);
      let_others_settle();
      long steps = 0, extra = 0;
      allocations = 0;
      s.each_step = [&](const StepReport& r) {
        counting = false;
        if (r.epoch >= 3 && r.step % 26 > 1) ++steps, extra += allocations;  // 26 steps an epoch: the first two have its end before them
        allocations = 0, counting = true;
      };
      s.losses.reserve(10000);
      s.begin();
      counting = false;
      EXPECT_GT(steps, 600);
      EXPECT_EQ(extra, 0) << steps << " steps, " << threads << " threads\n" << model;
    }
}

// With health and events, too: only the steps that are measured allocate.
TEST(TrainerAllocation, LookingAllocatesInMeasuredStepsOnly) {
  for (const std::string& model : models()) {
    TempFolder path;
    std::filesystem::create_directories(path / "run");
    std::ofstream(path / "run/run.json") << "{}\n";
    Job job = job_of(model, 2);
    RunFolder folder = RunFolder::open(path / "run");
    Inspector inspector(job, folder, [](const Finding&) {});
    long steps = 0, extra = 0;
    size_t measured = 0;
    auto each = [&](const StepReport& r) {
      counting = false;
      bool plain = inspector.measurements().size() == measured;
      measured = inspector.measurements().size();
      if (plain && r.epoch >= 3 && r.step % 26 > 1) ++steps, extra += allocations;
      allocations = 0, counting = true;
    };
    Trainer trainer(*job.model, job.source, folder, {each, {}}, &inspector);
    std::atomic<bool> stop{false};
    let_others_settle();
    allocations = 0;
    trainer.begin(), trainer.run(stop);
    counting = false;
    EXPECT_GE(measured, 25u);
    EXPECT_GT(steps, 500);
    EXPECT_EQ(extra, 0) << steps << " steps\n" << model;
  }
}
#endif

}  // namespace
}  // namespace synfire

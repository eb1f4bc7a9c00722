// Arenas come straight from the kernel, so that untouched pages cost nothing.
#include "synfire/base/arena.h"

#include <sys/mman.h>

#include <utility>

#include "synfire/base/error.h"

namespace synfire {

static constexpr int64_t kHuge = 2 << 20;

Arena::Arena(int64_t bytes) : size_(bytes) {
  if (bytes <= 0) return;
  // Over-reserve to align, then give the ends back.
  bool huge = bytes >= kHuge / 2;
  int64_t reserve = bytes + (huge ? kHuge : 0);
  void* p = mmap(nullptr, reserve, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) fail(Code::io, "not enough memory: " + std::to_string(bytes >> 20) + " MB wanted", "use a smaller batch or a smaller network");
  data_ = static_cast<std::byte*>(p);
  if (!huge) return;
  int64_t lead = (kHuge - reinterpret_cast<intptr_t>(p) % kHuge) % kHuge;
  if (lead) munmap(p, lead);
  if (kHuge - lead > 0) munmap(data_ + lead + ((bytes + 4095) & ~int64_t{4095}), reserve - lead - ((bytes + 4095) & ~int64_t{4095}));
  data_ += lead;
  madvise(data_, bytes, MADV_HUGEPAGE);
}

Arena::~Arena() {
  if (data_) munmap(data_, size_);
}

Arena::Arena(Arena&& o) noexcept : data_(std::exchange(o.data_, nullptr)), size_(std::exchange(o.size_, 0)) {}

Arena& Arena::operator=(Arena&& o) noexcept {
  std::swap(data_, o.data_);
  std::swap(size_, o.size_);
  return *this;
}

}  // namespace synfire

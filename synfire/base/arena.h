// Arena: one aligned block of zeroed memory, on huge pages where the system gives them.
#pragma once
#include <cstddef>
#include <cstdint>

namespace synfire {

class Arena {
 public:
  Arena() = default;
  explicit Arena(int64_t bytes);  // 64-byte aligned, 2 MB aligned from 1 MB on; throws Failure(Code::io) when there is no memory
  ~Arena();
  Arena(Arena&& o) noexcept;
  Arena& operator=(Arena&& o) noexcept;
  std::byte* data() const { return data_; }
  int64_t size() const { return size_; }

 private:
  std::byte* data_ = nullptr;
  int64_t size_ = 0;
};

}  // namespace synfire

// Faults: makes the k-th system call that writes files fail, in one of the ways that real ones do.
#pragma once
#include <cerrno>

#include "synfire/base/atomic_file.h"

namespace synfire::testing {

class Faults {
 public:
  enum class Kind { io, space, interrupted, half_write };  // EIO; ENOSPC; EINTR; a write takes half of the bytes

  // From the k-th call on (0: the first) `times` calls fail. The table is put back at the end of the object's life.
  Faults(int k, Kind kind, int times = 1) : before_(syscalls()) {
    state() = {k, times, kind, 0, before_};
    syscalls() = {
        [](const char* path, int flags, mode_t mode) { return hit() ? -1 : state().real.open(path, flags, mode); },
        [](int fd, const void* data, size_t size) -> ssize_t {
          if (!due()) return state().real.write(fd, data, size);
          if (state().kind == Kind::half_write) return state().real.write(fd, data, size > 1 ? size / 2 : size);
          return set_errno(), -1;
        },
        [](int fd, off_t size) { return hit() ? -1 : state().real.ftruncate(fd, size); },
        [](int fd) { return hit() ? -1 : state().real.fsync(fd); },
        [](const char* from, const char* to) { return hit() ? -1 : state().real.rename(from, to); },
        [](int fd) {  // the descriptor is gone whatever close says
          bool failed = hit();
          int error = errno, result = state().real.close(fd);
          return failed ? (errno = error, -1) : result;
        },
        [](const char* path) { return state().real.unlink(path); }};  // cleaning up is not put to the test
  }
  ~Faults() { syscalls() = before_; }
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  int calls() const { return state().count; }

 private:
  struct State { int k, times; Kind kind; int count; Syscalls real; };
  static State& state() { static State s{}; return s; }
  static bool due() { int i = state().count++; return i >= state().k && i < state().k + state().times; }
  static void set_errno() { errno = state().kind == Kind::io ? EIO : state().kind == Kind::space ? ENOSPC : EINTR; }
  static bool hit() {
    if (!due() || state().kind == Kind::half_write) return false;
    return set_errno(), true;
  }
  Syscalls before_;
};

inline constexpr Faults::Kind kFaults[] = {Faults::Kind::io, Faults::Kind::space, Faults::Kind::interrupted, Faults::Kind::half_write};

}  // namespace synfire::testing

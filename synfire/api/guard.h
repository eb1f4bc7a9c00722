// What stands between the library's users and the engine: the engine's failures become the public ones, and the caller's thread gets its
// floating-point mode back.
#pragma once
#define SYNFIRE_BUILDING
#include <synfire/synfire.hpp>

#include <new>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "synfire/base/error.h"
#include "synfire/base/pool.h"

namespace synfire::v0 {

#define SYNFIRE_HIDDEN __attribute__((visibility("hidden")))  // not for the library's users, though its name is among theirs

namespace engine = ::synfire;

// Denormals count as zero while the engine computes, as in its own threads: the same bits on every thread.
class SYNFIRE_HIDDEN Computing {
 public:
#if defined(__x86_64__)
  Computing() : mode_(_mm_getcsr()) { engine::flush_denormals(); }
  ~Computing() { _mm_setcsr(mode_); }

 private:
  unsigned mode_;
#else
  Computing() {}
#endif
};

SYNFIRE_HIDDEN Failure public_failure(const engine::Failure& f);
SYNFIRE_HIDDEN Failure failure_of(Code code, std::string message, std::string hint);

template <class F>
auto guarded(const F& f) {
  Computing computing;
  try {
    return f();
  } catch (const engine::Failure& e) {
    throw public_failure(e);
  } catch (const std::bad_alloc&) {
    throw failure_of(Code::io, "there is not enough memory for this", "a smaller batch or model needs less");
  } catch (const std::exception& e) {
    throw failure_of(Code::internal, e.what(), "this is a mistake in synfire; please report it");
  }
}

}  // namespace synfire::v0

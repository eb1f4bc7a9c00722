// FuzzTarget: bytes that somebody else made, given to a parser by the entry that the tool uses. A file of this folder called NAME_target.cpp
// defines one; libFuzzer drives it (run.sh), and the ordinary tests replay its seeds and past crashes (fuzz_test.cpp).
//
//   static void parse(Bytes bytes) { … }    may throw Failure; whatever else happens is a finding
//   SYNFIRE_FUZZ_TARGET(csv, parse);
#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "synfire/base/reader.h"
#include "synfire/base/utf8.h"

namespace synfire::fuzz {

struct Target { const char* name; void (*parse)(Bytes); };

inline std::vector<Target>& targets() {
  static std::vector<Target> all;
  return all;
}
inline bool add(Target t) { return targets().push_back(t), true; }
#define SYNFIRE_FUZZ_TARGET(name, parse) static const bool added = ::synfire::fuzz::add({#name, parse})

// A promise that a target holds its parser to, beyond not crashing.
inline void expect(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", what.c_str());
  std::abort();
}

// True when the parser took it. An error says something, and can be shown on a terminal whatever bytes it quotes.
inline bool takes(const Target& t, Bytes bytes) {
  try {
    t.parse(bytes);
    return true;
  } catch (const Failure& f) {
    expect(!f.errors().empty(), "a failure names an error");
    for (const Error& e : f.errors()) {
      expect(!e.message.empty() && e.message.size() < (1 << 20), "an error has a message, of less than a megabyte");
      expect(printable(e.str()) == e.str(), "an error is one line of printable text: " + e.str());
    }
    return false;
  }
}

// The bytes as a file, for entries that take a path. One file, written anew each time.
inline std::string as_file(Bytes bytes) {
  static const int fd = ::memfd_create("fuzz", MFD_CLOEXEC);
  expect(fd >= 0 && ::ftruncate(fd, 0) == 0, "a file in memory");
  for (size_t done = 0; done < bytes.size();) {
    ssize_t n = ::pwrite(fd, bytes.data() + done, bytes.size() - done, off_t(done));
    expect(n > 0, "a file in memory can be written");
    done += size_t(n);
  }
  return "/proc/self/fd/" + std::to_string(fd);
}

}  // namespace synfire::fuzz

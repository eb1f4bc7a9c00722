// AtomicFile: a file that is either the old one or the new one, whole, whenever the power goes. Everything is written to a
// temporary file in the same folder; commit() syncs it, renames it over the old one and syncs the folder. A link to a file stays a link,
// and its file is replaced; what is no file (/dev/null, a pipe) is written to as it stands, and never replaced.
#pragma once
#include <sys/types.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "synfire/base/reader.h"
#include "synfire/base/sha256.h"

namespace synfire {

// The system calls that files are written with. A test replaces them to make the k-th one fail.
struct Syscalls {
  int (*open)(const char* path, int flags, mode_t mode);
  ssize_t (*write)(int fd, const void* data, size_t size);
  int (*ftruncate)(int fd, off_t size);
  int (*fsync)(int fd);
  int (*rename)(const char* from, const char* to);
  int (*close)(int fd);
  int (*unlink)(const char* path);
};
Syscalls& syscalls();

// Everything but commit's last step may throw Failure(Code::io) and leaves the old file as it was.
class AtomicFile {
 public:
  explicit AtomicFile(std::string path);
  ~AtomicFile();  // without commit: the temporary file goes, the old file stays
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(Bytes bytes);
  void write(std::string_view text) { write(bytes_of(text)); }
  // Afterwards the new content is at `path`. When only the sync of the folder fails, it is there, too, but a loss of power
  // may bring the old one back; that also throws.
  void commit();
  // The same as far as processes can see, without the syncs: a loss of power may leave it empty.
  void place();
  std::string sha256() const { return hash_.hex(); }  // of what was written so far

 private:
  void flush();
  void rename();
  bool in_place() const { return temporary_.empty(); }

  std::string path_, temporary_;  // temporary_ is empty where nothing is to be renamed
  int fd_ = -1;
  std::vector<std::byte> buffer_;
  Sha256 hash_;
};

// The whole content at once; returns its SHA-256.
std::string write_file(const std::string& path, Bytes bytes);
inline std::string write_file(const std::string& path, std::string_view text) { return write_file(path, bytes_of(text)); }

// The same without the syncs, which take milliseconds each; sync_file makes up for one.
void place_file(const std::string& path, std::string_view text);
void sync_file(const std::string& path);

// What was renamed or made in a folder lasts from here on. Failure(Code::io).
void sync_folder(const std::string& folder);

namespace detail {
template <class F> auto uninterrupted(const F& call) {  // again as long as a signal cuts in
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}
void write_all(int fd, Bytes bytes, const std::string& path);  // through short writes and signals
[[noreturn]] void fail_io(const std::string& path, std::string_view verb);  // with errno's text
}

}  // namespace synfire

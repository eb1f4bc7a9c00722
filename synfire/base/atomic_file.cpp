// Temporary file, fsync, rename, fsync of the folder; every call repeated when a signal cuts in.
#include "synfire/base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include "synfire/base/format.h"

namespace synfire {
namespace {

constexpr size_t kBuffer = 1 << 16;  // bytes gathered before they go to the system

using detail::uninterrupted;

// Never repeated: on Linux the descriptor is gone after any close, whatever it returned.
bool closed(int fd) { return syscalls().close(fd) == 0 || errno == EINTR; }

std::string folder_of(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == path.npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

// Where a link leads to; else the path itself.
std::string behind_link(const std::string& path) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISLNK(info.st_mode)) return path;
  std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  return real ? real.get() : path;
}

// A device, pipe or socket that is there already. A pipe that nobody reads is an error at once, and keeps nobody waiting.
int open_special(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0 || S_ISREG(info.st_mode)) return -1;
  if (S_ISDIR(info.st_mode)) fail(Code::io, {path}, "is a folder, not a file");
  int fd = uninterrupted([&] { return syscalls().open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0); });
  if (fd < 0) detail::fail_io(path, "open");
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  return fd;
}

}  // namespace

Syscalls& syscalls() {
  static Syscalls table{[](const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); }, ::write, ::ftruncate, ::fsync,
                        [](const char* from, const char* to) { return ::rename(from, to); }, ::close, ::unlink};
  return table;
}

namespace detail {

void fail_io(const std::string& path, std::string_view verb) {
  int error = errno;
  fail(Code::io, {path}, fmt::format("cannot {}: {}", verb, std::strerror(error)),
       error == ENOSPC || error == EDQUOT ? "make room on that disk" : error == ENOENT ? "its folder is missing" : "");
}

void write_all(int fd, Bytes bytes, const std::string& path) {
  while (!bytes.empty()) {
    ssize_t n = uninterrupted([&] { return syscalls().write(fd, bytes.data(), bytes.size()); });
    if (n < 0) fail_io(path, "write");
    if (n == 0) fail(Code::io, {path}, "cannot write: the system takes no more bytes");
    bytes = bytes.subspan(size_t(n));
  }
}

}  // namespace detail

AtomicFile::AtomicFile(std::string path) : path_(behind_link(path)) {
  static std::atomic<uint64_t> count{0};
  buffer_.reserve(kBuffer);
  if ((fd_ = open_special(path)) >= 0) return;
  // A process that died may have left a file of the same name; O_EXCL sees it, and the next number is tried.
  for (int tries = 0; fd_ < 0 && tries < 100; ++tries) {
    temporary_ = fmt::format("{}.tmp-{}-{}", path_, ::getpid(), ++count);
    fd_ = uninterrupted([&] { return syscalls().open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644); });
    if (fd_ < 0 && errno != EEXIST) break;
  }
  if (fd_ < 0) detail::fail_io(path_, "create");
}

AtomicFile::~AtomicFile() {
  if (fd_ >= 0) closed(fd_);
  if (!temporary_.empty()) syscalls().unlink(temporary_.c_str());
}

void AtomicFile::write(Bytes bytes) {
  hash_.update(bytes);
  if (buffer_.size() + bytes.size() > kBuffer) {
    detail::write_all(fd_, buffer_, path_);
    buffer_.clear();
  }
  if (bytes.size() > kBuffer) return detail::write_all(fd_, bytes, path_);
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

// Order is everything: content is on the disk before its name is, and the name before we say so. After a failed fsync the
// pages may be marked clean without being written, so such a file is thrown away, never synced again.
void AtomicFile::commit() {
  flush();
  if (!in_place() && uninterrupted([&] { return syscalls().fsync(fd_); }) != 0) detail::fail_io(path_, "sync");
  bool renamed = !in_place();
  rename();
  if (renamed) sync_folder(folder_of(path_));
}

void AtomicFile::place() {
  flush();
  rename();
}

void AtomicFile::flush() {
  detail::write_all(fd_, buffer_, path_);
  buffer_.clear();
}

void AtomicFile::rename() {
  int fd = std::exchange(fd_, -1);
  if (!closed(fd)) detail::fail_io(path_, "close");
  if (in_place()) return;
  if (uninterrupted([&] { return syscalls().rename(temporary_.c_str(), path_.c_str()); }) != 0) detail::fail_io(path_, "rename");
  temporary_.clear();
}

std::string write_file(const std::string& path, Bytes bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
  return file.sha256();
}

void place_file(const std::string& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.place();
}

static void sync_path(const std::string& path, int flags) {
  int fd = uninterrupted([&] { return syscalls().open(path.c_str(), O_RDONLY | O_CLOEXEC | flags, 0); });
  if (fd < 0) detail::fail_io(path, "open");
  bool synced = uninterrupted([&] { return syscalls().fsync(fd); }) == 0;
  int error = errno;
  closed(fd);
  errno = error;
  if (!synced) detail::fail_io(path, "sync");
}

void sync_file(const std::string& path) { sync_path(path, 0); }
void sync_folder(const std::string& folder) { sync_path(folder, O_DIRECTORY); }

}  // namespace synfire

// Reading of whole files and checked steps over bytes.
#include "synfire/base/reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "synfire/base/format.h"

namespace synfire {
namespace {

[[noreturn]] void fail_io(const std::string& path, const char* verb) {
  int error = errno;
  fail(Code::io, {path}, fmt::format("cannot {}: {}", verb, std::strerror(error)), error == ENOENT ? "is the path right? It is looked up from the model file's folder" : "");
}

}  // namespace

Descriptor::~Descriptor() { if (fd >= 0) ::close(fd); }

int read_all(int fd, uint64_t limit, std::vector<std::byte>& bytes) {
  size_t size = bytes.size();
  bytes.resize(std::max<size_t>(bytes.capacity(), size + (1 << 14)));
  while (size <= limit) {
    ssize_t n = ::read(fd, bytes.data() + size, bytes.size() - size);
    if (n < 0 && errno == EAGAIN) ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) & ~O_NONBLOCK);  // somebody holds the pipe's other end and will write
    else if (n < 0 && errno != EINTR) return errno;
    if (n == 0) break;
    if (n > 0) size += size_t(n);
    if (size == bytes.size()) bytes.resize(bytes.size() * 2);
  }
  bytes.resize(size);
  return 0;
}

std::vector<std::byte> read_file(const std::string& path, uint64_t limit) {
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};  // a pipe without a writer must not hang us
  if (file.fd < 0) fail_io(path, "open");
  struct stat info;
  if (::fstat(file.fd, &info) != 0) fail_io(path, "look at");
  if (!S_ISREG(info.st_mode)) fail(Code::io, {path}, S_ISDIR(info.st_mode) ? "is a folder, not a file" : "is not a regular file");
  if (uint64_t(info.st_size) > limit) fail(Code::data, {path}, fmt::format("has {} bytes, the limit is {}", info.st_size, limit));
  // The size is a hint for the first allocation only, and only as far as blocks really lie on the disk or 64 MB go.
  uint64_t hint = std::min<uint64_t>(uint64_t(info.st_size), std::max<uint64_t>(uint64_t(info.st_blocks) * 512, 64 << 20));
  std::vector<std::byte> bytes;
  bytes.reserve(hint + 1);  // one more, so that the end is seen without growing
  if ((errno = read_all(file.fd, limit, bytes))) fail_io(path, "read");
  if (bytes.size() > limit) fail(Code::data, {path}, fmt::format("has more than {} bytes", limit));
  return bytes;
}

bool is_there(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0;
}

Bytes Reader::take(uint64_t n, std::string_view what) {
  if (n > left()) fail(fmt::format("ends early: {} needs {} bytes at offset {}, {} are left", what, n, position_, left()), "the file is cut off or damaged; fetch it again");
  Bytes part = bytes_.subspan(position_, size_t(n));
  position_ += size_t(n);
  return part;
}

void Reader::expect_end() const {
  if (left() > 0) fail(fmt::format("has {} bytes more than it should, from offset {}", left(), position_), "the file is damaged or of another kind");
}

void Reader::fail(std::string message, std::string hint) const { synfire::fail(Code::data, {file_}, std::move(message), std::move(hint)); }

}  // namespace synfire

// Appending of lines, and cutting back to a remembered length.
#include "synfire/base/line_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "synfire/base/atomic_file.h"
#include "synfire/base/format.h"

namespace synfire {
namespace {

constexpr size_t kBuffer = 1 << 16;

// Bytes up to and with the last newline: a process that was killed may have left half a line.
int64_t whole_lines(int fd, int64_t size) {
  char part[4096];
  for (int64_t end = size; end > 0;) {
    int64_t begin = end > int64_t(sizeof part) ? end - int64_t(sizeof part) : 0;
    ssize_t n = ::pread(fd, part, size_t(end - begin), begin);
    if (n != end - begin) return size;  // an unreadable tail is left alone
    for (ssize_t i = n; i > 0; --i)
      if (part[i - 1] == '\n') return begin + i;
    end = begin;
  }
  return 0;
}

}  // namespace

LineWriter::LineWriter(std::string path, int64_t keep) : path_(std::move(path)) {
  fd_ = detail::uninterrupted([&] { return syscalls().open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644); });
  if (fd_ < 0) detail::fail_io(path_, "open");
  int fd = fd_;
  try {
    struct stat info;
    if (::fstat(fd, &info) != 0) detail::fail_io(path_, "look at");
    int64_t size = info.st_size;
    if (keep > size) fail(Code::data, {path_}, fmt::format("has {} bytes, {} were there at the checkpoint", size, keep), "the file was cut; an older checkpoint may still fit");
    written_ = keep < 0 ? whole_lines(fd, size) : keep;
    if (written_ < size && detail::uninterrupted([&] { return syscalls().ftruncate(fd, off_t(written_)); }) != 0) detail::fail_io(path_, "cut");
    if (::lseek(fd, off_t(written_), SEEK_SET) < 0) detail::fail_io(path_, "seek in");
  } catch (...) {
    syscalls().close(std::exchange(fd_, -1));
    throw;
  }
}

LineWriter::~LineWriter() {
  if (fd_ < 0) return;
  try { flush(); } catch (const Failure&) {}
  syscalls().close(fd_);
}

LineWriter::LineWriter(LineWriter&& o) noexcept
    : path_(std::move(o.path_)), buffer_(std::exchange(o.buffer_, {})), fd_(std::exchange(o.fd_, -1)), written_(o.written_) {}

LineWriter& LineWriter::operator=(LineWriter&& o) noexcept {
  std::swap(path_, o.path_), std::swap(buffer_, o.buffer_), std::swap(fd_, o.fd_), std::swap(written_, o.written_);
  return *this;
}

void LineWriter::line(std::string_view text) {
  buffer_ += text;
  buffer_ += '\n';
  if (buffer_.size() >= kBuffer) flush();
}

void LineWriter::flush() {
  std::string text = std::exchange(buffer_, {});  // gone even when it cannot be written
  written_ += int64_t(text.size());
  detail::write_all(fd_, bytes_of(text), path_);
  text.clear();
  buffer_ = std::move(text);  // keeps its memory
}

void LineWriter::sync() {
  flush();
  if (detail::uninterrupted([&] { return syscalls().fsync(fd_); }) != 0) detail::fail_io(path_, "sync");
}

}  // namespace synfire

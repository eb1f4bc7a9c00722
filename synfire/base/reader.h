// Reader: walks over bytes that somebody else made, and checks every step. Formats validate everything with it first and
// allocate afterwards, so that a hostile header can neither crash the program nor make it ask for memory.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "synfire/base/error.h"

namespace synfire {

using Bytes = std::span<const std::byte>;

inline Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }
inline std::string_view text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// A whole file in memory; the size is what reading delivers, never what the file system claims. Failure(Code::io) when it
// cannot be opened or read; Failure(Code::data) beyond `limit` bytes.
std::vector<std::byte> read_file(const std::string& path, uint64_t limit = uint64_t{1} << 40);

// An open file, closed at the end of its scope.
struct Descriptor {
  int fd;
  explicit Descriptor(int fd) : fd(fd) {}
  Descriptor(const Descriptor&) = delete;
  ~Descriptor();
};
// What `fd` still delivers is put behind `bytes`, which may have room for it: at most `limit` bytes and a little more. It waits where nothing
// has come yet. 0, or the errno of what failed.
int read_all(int fd, uint64_t limit, std::vector<std::byte>& bytes);

// False, too, where it cannot be looked at: a folder that is not to be entered, a name that is too long.
bool is_there(const std::string& path);

class Reader {
 public:
  Reader(Bytes bytes, std::string file) : bytes_(bytes), file_(std::move(file)) {}

  size_t position() const { return position_; }
  size_t left() const { return bytes_.size() - position_; }
  const std::string& file() const { return file_; }

  // The next n bytes; Failure(Code::data) when fewer are left. `what` names them in the error.
  Bytes take(uint64_t n, std::string_view what);
  std::string_view text(uint64_t n, std::string_view what) { return text_of(take(n, what)); }

  template <class T> T little(std::string_view what) { return number<T>(std::endian::little, what); }
  template <class T> T big(std::string_view what) { return number<T>(std::endian::big, what); }

  void expect_end() const;                                                  // nothing may be left
  [[noreturn]] void fail(std::string message, std::string hint = {}) const;  // Failure(Code::data) with the file's name

 private:
  template <class T> T number(std::endian order, std::string_view what) {
    static_assert(std::is_arithmetic_v<T>);
    std::byte raw[sizeof(T)];
    Bytes from = take(sizeof(T), what);
    for (size_t i = 0; i < sizeof(T); ++i) raw[i] = from[order == std::endian::native ? i : sizeof(T) - 1 - i];
    T v;
    std::memcpy(&v, raw, sizeof v);
    return v;
  }

  Bytes bytes_;
  size_t position_ = 0;
  std::string file_;
};

}  // namespace synfire

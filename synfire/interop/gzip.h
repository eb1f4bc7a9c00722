// GzipStream: the content of a .gz file in pieces of known size, so that nobody has to trust what it will grow to.
#pragma once
#include <memory>

#include "synfire/base/reader.h"

namespace synfire {

class GzipStream {
 public:
  GzipStream(Bytes compressed, std::string file);  // the bytes must outlive the stream
  ~GzipStream();
  static bool is_gzip(Bytes bytes) { return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b}; }

  void read(std::span<std::byte> to, std::string_view what);  // exactly so many bytes, or Failure(Code::data)
  void skip(uint64_t n, std::string_view what);               // unpacks so many bytes and drops them
  void expect_end();                                          // checks the trailer's checksum, too
  // Deflate makes at most 1,032 bytes of one: a header that claims more than this is a lie.
  uint64_t largest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  Bytes compressed_;
  std::string file_;
};

}  // namespace synfire

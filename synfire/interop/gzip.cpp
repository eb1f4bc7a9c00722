// Gzip by zlib, a piece at a time.
#include "synfire/interop/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "synfire/base/format.h"

namespace synfire {

struct GzipStream::State {
  z_stream z{};
  bool ended = false;
  size_t given = 0;  // compressed bytes handed to zlib
  ~State() { inflateEnd(&z); }
};

GzipStream::GzipStream(Bytes compressed, std::string file) : state_(std::make_unique<State>()), compressed_(compressed), file_(std::move(file)) {
  if (inflateInit2(&state_->z, 15 + 16) != Z_OK) fail(Code::io, {file_}, "zlib cannot start");  // + 16: the gzip wrapper
}

GzipStream::~GzipStream() = default;

uint64_t GzipStream::largest() const { return uint64_t(compressed_.size()) * 1032 + 1024; }

void GzipStream::read(std::span<std::byte> to, std::string_view what) {
  State& s = *state_;
  constexpr size_t kPiece = size_t{1} << 30;  // zlib counts in 32 bits
  size_t done = 0;
  while (done < to.size() && !s.ended) {
    if (s.z.avail_in == 0) {
      size_t n = std::min(compressed_.size() - s.given, kPiece);
      s.z.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(compressed_.data() + s.given));
      s.z.avail_in = uInt(n), s.given += n;
    }
    size_t room = std::min(to.size() - done, kPiece);
    s.z.next_out = reinterpret_cast<Bytef*>(to.data() + done), s.z.avail_out = uInt(room);
    int code = inflate(&s.z, Z_NO_FLUSH);
    done += room - s.z.avail_out;
    s.ended = code == Z_STREAM_END;
    bool starved = s.z.avail_in == 0 && s.given == compressed_.size() && done < to.size();
    if (!s.ended && (starved || (code != Z_OK && code != Z_BUF_ERROR)))
      fail(Code::data, {file_}, starved ? "the gzip data ends early" : fmt::format("the gzip data is damaged: {}", s.z.msg ? s.z.msg : "bad stream"), "fetch the file again");
  }
  if (done < to.size()) fail(Code::data, {file_}, fmt::format("ends early: {} needs {} bytes, there are {}", what, to.size(), done), "the file is cut off or damaged; fetch it again");
}

void GzipStream::skip(uint64_t n, std::string_view what) {
  std::vector<std::byte> piece(size_t(std::min<uint64_t>(n, 1 << 18)));
  for (; n > 0; n -= std::min<uint64_t>(n, piece.size())) read(std::span(piece).first(size_t(std::min<uint64_t>(n, piece.size()))), what);
}

void GzipStream::expect_end() {
  std::byte extra[1];
  State& s = *state_;
  while (!s.ended) {  // an exact read stops in front of the trailer
    if (s.z.avail_in == 0) {
      size_t n = std::min<size_t>(compressed_.size() - s.given, size_t{1} << 30);
      s.z.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(compressed_.data() + s.given));
      s.z.avail_in = uInt(n), s.given += n;
    }
    s.z.next_out = reinterpret_cast<Bytef*>(extra), s.z.avail_out = 1;
    int code = inflate(&s.z, Z_FINISH);
    if (s.z.avail_out == 0) fail(Code::data, {file_}, "has more data than its header says", "the file is damaged or of another kind");
    s.ended = code == Z_STREAM_END;
    if (!s.ended && s.z.avail_in == 0 && s.given == compressed_.size()) fail(Code::data, {file_}, "the gzip data ends early", "fetch the file again");
    if (!s.ended && code != Z_BUF_ERROR && code != Z_OK) fail(Code::data, {file_}, fmt::format("the gzip data is damaged: {}", s.z.msg ? s.z.msg : "bad stream"), "fetch the file again");
  }
  size_t left = s.z.avail_in + (compressed_.size() - s.given);
  if (left > 0) fail(Code::data, {file_}, fmt::format("has {} bytes after the end of its gzip data", left), "the file is damaged or of another kind");
}

}  // namespace synfire

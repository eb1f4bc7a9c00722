// Encoding of events: protocol buffers' varints, fixed numbers and length-prefixed messages, and the records around them.
#include "synfire/interop/tfevents.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <utility>

#include "synfire/base/atomic_file.h"
#include "synfire/base/format.h"

namespace synfire {
namespace {

constexpr size_t kFull = 1 << 16;  // bytes after which the buffer goes to the system
enum Wire { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };
// Event: 1 wall_time, 2 step, 3 file_version, 5 summary, 7 session_log {1 status: 1 START}. Summary: 1 value {1 tag, 2 simple_value, 4 image
// {1 height, 2 width, 3 colorspace, 4 png}, 5 histo {1 min, 2 max, 3 num, 4 sum, 5 sum_squares, 6 bucket_limit, 7 bucket: packed doubles}}.

void put_varint(std::string& to, uint64_t v) {
  for (; v >= 128; v >>= 7) to += char(v | 128);
  to += char(v);
}
template <class T> void put_little(std::string& to, T v) {
  auto raw = std::bit_cast<std::array<char, sizeof(T)>>(v);
  if constexpr (std::endian::native == std::endian::big) std::reverse(raw.begin(), raw.end());
  to.append(raw.data(), raw.size());
}
void put_key(std::string& to, int field, Wire wire) { put_varint(to, uint64_t(field) << 3 | wire); }
void put_int(std::string& to, int field, int64_t v) { put_key(to, field, varint), put_varint(to, uint64_t(v)); }
void put_float(std::string& to, int field, float v) { put_key(to, field, fixed32), put_little(to, v); }
void put_double(std::string& to, int field, double v) { put_key(to, field, fixed64), put_little(to, v); }
void put_bytes(std::string& to, int field, std::string_view v) { put_key(to, field, bytes), put_varint(to, v.size()), to += v; }
void put_doubles(std::string& to, int field, std::span<const double> all) {
  put_key(to, field, bytes), put_varint(to, all.size() * sizeof(double));
  for (double v : all) put_little(to, v);
}

constexpr std::array<uint32_t, 256> kTable = [] {
  std::array<uint32_t, 256> t{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t c = i;
    for (int k = 0; k < 8; ++k) c = c >> 1 ^ (c & 1 ? 0x82F63B78u : 0);
    t[i] = c;
  }
  return t;
}();

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

std::string host_name() {
  char name[256] = "";
  if (::gethostname(name, sizeof name - 1) != 0 || !name[0]) return "localhost";
  std::string s(name);
  for (char& c : s) if (c == '/') c = '_';
  return s;
}

}  // namespace

uint32_t crc32c(Bytes data) {
  uint32_t c = ~0u;
  size_t i = 0;
#ifdef __SSE4_2__
  uint64_t wide = c;
  for (; i + 8 <= data.size(); i += 8) {
    uint64_t v;
    std::memcpy(&v, data.data() + i, 8);
    wide = __builtin_ia32_crc32di(wide, v);
  }
  c = uint32_t(wide);
#endif
  for (; i < data.size(); ++i) c = c >> 8 ^ kTable[(c ^ uint32_t(data[i])) & 255];
  return ~c;
}

uint32_t masked_crc32c(Bytes data) { return std::rotr(crc32c(data), 15) + 0xa282ead8u; }

void append_record(std::string& to, std::string_view data) {
  size_t at = to.size();
  put_little(to, uint64_t(data.size()));
  uint32_t check = masked_crc32c(bytes_of(std::string_view(to).substr(at)));
  put_little(to, check);
  to += data;
  put_little(to, masked_crc32c(bytes_of(data)));
}

EventFile::EventFile(const std::string& folder, int64_t restart) : EventFile() {  // so that the file is closed when a write fails
  std::string name = fmt::format("{}/events.out.tfevents.{:010}.{}", folder, int64_t(now()), host_name());
  path_ = name;
  for (int n = 1; (fd_ = detail::uninterrupted([&] { return syscalls().open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644); })) < 0 && errno == EEXIST; ++n)
    path_ = fmt::format("{}.{}", name, n);
  if (fd_ < 0) detail::fail_io(path_, "make");
  buffer_.reserve(kFull + 4096), event_.reserve(1024), summary_.reserve(1024), value_.reserve(256);
  put_double(event_, 1, now()), put_bytes(event_, 3, "brain.Event:2");
  append_record(buffer_, event_);
  if (restart > 0) {
    event_.clear();
    put_double(event_, 1, now()), put_int(event_, 2, restart), put_bytes(event_, 7, std::string_view("\x08\x01", 2));
    append_record(buffer_, event_);
  }
  flush();
}

EventFile::~EventFile() {
  if (fd_ < 0) return;
  try { flush(); } catch (const Failure&) {}
  syscalls().close(fd_);
}

EventFile::EventFile(EventFile&& o) noexcept { *this = std::move(o); }

EventFile& EventFile::operator=(EventFile&& o) noexcept {
  std::swap(path_, o.path_), std::swap(event_, o.event_), std::swap(summary_, o.summary_), std::swap(value_, o.value_), std::swap(buffer_, o.buffer_), std::swap(fd_, o.fd_);
  return *this;
}

void EventFile::begin(int64_t step) {
  event_.clear(), summary_.clear();
  put_double(event_, 1, now()), put_int(event_, 2, step);
}

void EventFile::value(std::string_view tag, std::string_view rest) {  // rest: the message's other fields
  size_t head = tag.size() + 1;
  for (size_t n = tag.size(); n >= 128; n >>= 7) ++head;
  put_key(summary_, 1, bytes), put_varint(summary_, head + 1 + rest.size());
  put_bytes(summary_, 1, tag), summary_ += rest;
}

void EventFile::scalar(std::string_view tag, float v) {
  value_.clear();
  put_float(value_, 2, v);
  value(tag, value_);
}

void EventFile::histogram(std::string_view tag, const EventHistogram& h) {
  std::string histo;
  put_double(histo, 1, h.min), put_double(histo, 2, h.max), put_double(histo, 3, h.count), put_double(histo, 4, h.sum), put_double(histo, 5, h.squares);
  put_doubles(histo, 6, h.limits), put_doubles(histo, 7, h.counts);
  value_.clear();
  put_bytes(value_, 5, histo);
  value(tag, value_);
}

void EventFile::image(std::string_view tag, int64_t height, int64_t width, int channels, std::string_view png) {
  std::string image;
  put_int(image, 1, height), put_int(image, 2, width), put_int(image, 3, channels), put_bytes(image, 4, png);
  value_.clear();
  put_bytes(value_, 4, image);
  value(tag, value_);
}

void EventFile::end() {
  if (summary_.empty()) return;
  put_bytes(event_, 5, summary_);
  append_record(buffer_, event_);
  if (buffer_.size() >= kFull) flush();
}

void EventFile::flush() {
  detail::write_all(fd_, bytes_of(buffer_), path_);
  buffer_.clear();
}

}  // namespace synfire

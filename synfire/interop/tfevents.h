// Event files of TensorBoard, written without protobuf: records with masked CRC-32C around Event messages that are encoded by hand.
// Record: TensorFlow's record_writer.cc; messages: event.proto and summary.proto of TensorFlow, whose field numbers are named in tfevents.cpp.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "synfire/base/reader.h"

namespace synfire {

uint32_t crc32c(Bytes bytes);                 // Castagnoli, reflected polynomial 0x82F63B78
uint32_t masked_crc32c(Bytes bytes);          // rotated by 15 and moved by 0xa282ead8, as records have it
void append_record(std::string& to, std::string_view data);  // u64 length, its masked CRC, data, their masked CRC; little-endian

struct EventHistogram {
  double min = 0, max = 0, count = 0, sum = 0, squares = 0;
  std::span<const double> limits, counts;     // right end of each bucket; how many numbers lie in it
};

// One file, growing; only flush() and a full buffer go to the system, so that a step costs no call and no allocation. What is written
// between two calls of begin() is one event. Failure(Code::io).
class EventFile {
 public:
  EventFile() = default;
  // A new file events.out.tfevents.<seconds>.<host> in the folder, with a number behind it where there is one already.
  // restart: the first step that the run does anew; what other files have from there on TensorBoard leaves out. 0: nothing to leave out.
  EventFile(const std::string& folder, int64_t restart);
  ~EventFile();
  EventFile(EventFile&& other) noexcept;
  EventFile& operator=(EventFile&& other) noexcept;

  void begin(int64_t step);
  void scalar(std::string_view tag, float value);
  void histogram(std::string_view tag, const EventHistogram& h);
  void image(std::string_view tag, int64_t height, int64_t width, int channels, std::string_view png);
  void end();
  void flush();
  const std::string& path() const { return path_; }

 private:
  void value(std::string_view tag, std::string_view rest);
  std::string path_, event_, summary_, value_, buffer_;
  int fd_ = -1;
};

}  // namespace synfire

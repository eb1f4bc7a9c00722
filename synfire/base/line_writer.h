// LineWriter: a log that only grows (metrics.jsonl, metrics.csv) and can be taken back to the length that a checkpoint
// remembers, so that a resumed run goes on exactly where it was.
#pragma once
#include <string>
#include <string_view>

namespace synfire {

class LineWriter {
 public:
  LineWriter() = default;
  // Opens or makes the file and cuts it to `keep` bytes; keep < 0 keeps all but an unfinished last line. Failure(Code::io),
  // Code::data when the file has fewer than `keep` bytes.
  explicit LineWriter(std::string path, int64_t keep = -1);
  ~LineWriter();  // what is still in the buffer is written, errors are not told: flush() first
  LineWriter(LineWriter&& other) noexcept;
  LineWriter& operator=(LineWriter&& other) noexcept;

  void line(std::string_view text);  // adds the newline; goes to the system when 64 KB have gathered
  void flush();                      // to the system: another process sees it
  void sync();                       // to the disk
  int64_t size() const { return written_ + int64_t(buffer_.size()); }  // bytes, all lines so far

 private:
  std::string path_, buffer_;
  int fd_ = -1;
  int64_t written_ = 0;
};

}  // namespace synfire

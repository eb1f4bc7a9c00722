// Hostile files, made from a good one in a fixed way, and the judge of what a reader does with them: it takes them or throws a Failure of data,
// quickly, and without asking for memory.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <functional>
#include <string>

#include "synfire/base/format.h"
#include "synfire/base/reader.h"

namespace synfire::testing {

// Most memory that was really touched since it was made, in bytes above what was in use then.
class PeakMemory {
 public:
  PeakMemory() {
    std::ofstream("/proc/self/clear_refs") << "5";  // sets the high-water mark back; where that is forbidden the old mark is the base
    base_ = status("VmRSS:");
    if (status("VmHWM:") > base_ + (1 << 20)) base_ = status("VmHWM:");
  }
  int64_t grown() const { return status("VmHWM:") - base_; }

 private:
  static int64_t status(const std::string& key) {
    std::ifstream file("/proc/self/status");
    for (std::string word; file >> word;)
      if (int64_t kb = 0; word == key && file >> kb) return kb * 1024;
    return 0;
  }
  int64_t base_ = 0;
};

using Parse = std::function<void(Bytes)>;

class Hostile {
 public:
  Hostile(std::string seed, Parse parse) : seed_(std::move(seed)), parse_(std::move(parse)) { parse_(bytes_of(seed_)); }

  // Judges one file; `what` names it.
  void judge(const std::string& file, const std::string& what) {
    std::clock_t start = std::clock();  // of the processor: other programs run beside this test
    largest_ = std::max(largest_, file.size());
    try {
      parse_(bytes_of(file));
      ++taken_;
    } catch (const Failure& f) {
      ++refused_;
      if (f.code() != Code::data) ADD_FAILURE() << what << ": refused as something else than data: " << f.what();
    } catch (const std::exception& e) {
      ADD_FAILURE() << what << ": " << e.what();
    }
    double seconds = double(std::clock() - start) / CLOCKS_PER_SEC;
    if (seconds > 1) ADD_FAILURE() << what << " took " << seconds << " s";
  }

  void truncations() { for (size_t n = 0; n < seed_.size(); ++n) judge(seed_.substr(0, n), fmt::format("cut to {} bytes", n)); }
  void bit_flips() {
    for (size_t i = 0; i < seed_.size(); ++i)
      for (int bit = 0; bit < 8; ++bit) {
        std::string file = seed_;
        file[i] = char(file[i] ^ (1 << bit));
        judge(file, fmt::format("bit {} of byte {}", bit, i));
      }
  }
  // Every place where a binary integer of this width may stand, set to the values that break size arithmetic.
  void integers(size_t width, bool big, size_t first, size_t last) {
    for (size_t at = first; at + width <= std::min(last, seed_.size()); ++at)
      for (uint64_t value : values()) {
        std::string file = seed_;
        for (size_t i = 0; i < width; ++i) file[at + i] = char(value >> 8 * (big ? width - 1 - i : i));
        judge(file, fmt::format("{} bytes at {} set to {}", width, at, value));
      }
  }
  // Every number written in digits, replaced likewise.
  void written_numbers() {
    auto digit = [&](size_t i) { return seed_[i] >= '0' && seed_[i] <= '9'; };
    for (size_t i = 0, end; i < seed_.size(); i = end + 1) {
      for (end = i; end < seed_.size() && digit(end); ++end) {}
      if (end == i) continue;
      for (uint64_t value : values())
        for (std::string text : {std::to_string(value), std::to_string(int64_t(value)), std::to_string(value) + "0000000000000000"})
          judge(seed_.substr(0, i) + text + seed_.substr(end), fmt::format("the number at {} set to {}", i, text));
    }
  }
  void all() { truncations(), bit_flips(), written_numbers(); for (size_t w : {1, 2, 4, 8}) for (bool big : {false, true}) integers(w, big, 0, seed_.size()); }

  int64_t taken() const { return taken_; }
  int64_t refused() const { return refused_; }

  // Over everything that was judged. Sanitizers have memory of their own, which is not the reader's.
  ~Hostile() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    EXPECT_LE(memory_.grown(), (16 << 20) + 2 * int64_t(largest_));
#endif
    EXPECT_GT(refused_, 0);
  }

 private:
  std::vector<uint64_t> values() const {
    uint64_t n = seed_.size();
    return {0, 1, ~uint64_t{0}, 0x7fffffff, 0x80000000, 0xffffffff, uint64_t{1} << 63, ~uint64_t{0} >> 1, n - 1, n, n + 1};
  }
  std::string seed_;
  Parse parse_;
  size_t largest_ = 0;
  int64_t taken_ = 0, refused_ = 0;
  PeakMemory memory_;
};

}  // namespace synfire::testing

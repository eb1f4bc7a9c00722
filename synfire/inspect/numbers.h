// Numbers looked at: moments and histograms of arrays, and samples of large ones, so that looking costs little whatever their size.
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "synfire/tensor/view.h"

namespace synfire {

inline constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();  // not measured

struct Moments {
  int64_t n = 0;
  double sum = 0, squares = 0, low = 0, high = 0;  // low and high of those that are numbers
  double mean() const { return n ? sum / double(n) : kNoNumber; }
  double deviation() const;                        // of the n numbers as they are
  double norm() const { return std::sqrt(squares); }
  double rms() const { return n ? std::sqrt(squares / double(n)) : kNoNumber; }
  bool finite() const { return std::isfinite(squares); }
};
Moments moments(const float* x, int64_t n);

// Counts of numbers between min and max in equal steps, the last one closed. Empty when nothing was counted.
struct Histogram {
  double min = 0, max = 0, sum = 0, squares = 0;
  std::vector<int64_t> counts;
};
Histogram histogram(const float* x, const Moments& m, int bins = 32);

// Which numbers of a view are looked at: all of them, or about `most` in lines of 16 spread evenly. Knows both layouts and leaves
// the padding of panels out, so that samples of equal shape hold the same elements in the same order whatever their layouts.
class Pick {
 public:
  Pick(const View& view, int64_t most);
  int64_t size() const { return size_; }       // numbers that gather writes
  double share() const { return total_ ? double(size_) / double(total_) : 1; }  // of all
  void gather(const View& view, float* to) const;

 private:
  int64_t rows_, columns_, total_, size_ = 0;
  struct Line { int64_t row, column, count; };  // count rows of one column: what a line of a panel holds
  std::vector<Line> lines_;                      // empty: a plain array, all or every stride_-th line of 16
  int64_t stride_ = 1;
};

}  // namespace synfire

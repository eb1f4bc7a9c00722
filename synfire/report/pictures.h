// Pictures of samples: an image of a dataset as a small PNG, whatever its numbers are.
#pragma once
#include <string>

#include "synfire/def/dataset.h"

namespace synfire {

class Pictures {
 public:
  static constexpr int64_t kMostPixels = 96;  // a side; larger images are shrunk to it

  // Looks at the rows for black and white: the smallest and largest number that occurs (of bytes worth 1/255: 0 and 255).
  Pictures(const Dataset& data, std::span<const int64_t> rows);
  bool possible() const { return data_.is_image(); }
  std::string of(int64_t row) const;  // base64 of a PNG; channels 1, 3 or 4 as they are, of others the first

 private:
  const Dataset& data_;
  double low_ = 0, high_ = 255;  // as stored
};

}  // namespace synfire

// 1,797 handwritten digits of 8 x 8 pixels, compiled in: a data set that is always there. The test part of E. Alpaydin & C. Kaynak 1998,
// "Optical Recognition of Handwritten Digits" (UCI repository, CC BY 4.0), as scikit-learn (BSD-3-Clause) carries it.
#include "synfire/def/dataset.h"

namespace synfire {

// A digit is 64 letters, 'a' … 'q' for the 0 … 16 dark points among 4 x 4 of the scan, and its class.
static constexpr std::string_view kDigits =
#include "catalog/datasets/digits.inc"
    ;

struct Digits {
  static Dataset load(const NoParams&, const LoadContext&) {
    constexpr int64_t kPixels = 64, kRows = int64_t(kDigits.size()) / (kPixels + 1);
    Dataset d;
    d.sample = {8, 8, 1}, d.x = Tensor(DType::u8, {kRows, 8, 8, 1}), d.unit = 1.0 / 16;
    d.class_names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    for (int64_t r = 0; r < kRows; ++r) {
      std::string_view digit = kDigits.substr(size_t(r * (kPixels + 1)), kPixels + 1);
      for (int64_t i = 0; i < kPixels; ++i) d.x.as<uint8_t>()[r * kPixels + i] = uint8_t(digit[size_t(i)] - 'a');
      d.labels.push_back(digit.back() - '0');
    }
    return d;
  }
};
SYNFIRE_DATASET(Digits, "digits", "1,797 handwritten digits of 8 x 8 pixels; no file is needed.",
                "E. Alpaydin, C. Kaynak 1998, UCI repository, CC BY 4.0; from scikit-learn, Copyright (c) 2007 The scikit-learn developers, BSD-3-Clause");

}  // namespace synfire

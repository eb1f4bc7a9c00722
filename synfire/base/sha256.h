// SHA-256 (FIPS 180-4): the name that content has, for checkpoints and data sets.
#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "synfire/base/reader.h"

namespace synfire {

class Sha256 {
 public:
  Sha256& update(Bytes bytes);
  Sha256& update(std::string_view text) { return update(bytes_of(text)); }
  std::string hex() const;  // 64 digits, of everything so far; more may follow

 private:
  std::array<uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, 64> block_{};
  uint64_t size_ = 0;
};

std::string sha256(Bytes bytes);

}  // namespace synfire

// Many random numbers at once: the same bits as Random gives one by one, by vector code.
#pragma once
#include "synfire/base/random.h"

namespace synfire {

inline constexpr int kQuads = 8, kRandomBlock = 4 * kQuads;  // calls of the generator side by side: a vector of each of its words

// The random bits of elements 4 first … 4 (first + kQuads), as Random::bits gives them one by one.
inline void random_bits(const Random& r, uint64_t first, uint32_t (&bits)[kRandomBlock]) {
  uint32_t c[4][kQuads], key[2] = {static_cast<uint32_t>(r.seed), static_cast<uint32_t>(r.seed >> 32)};
  for (int i = 0; i < kQuads; ++i) {
    uint64_t n = first + static_cast<uint64_t>(i);
    c[0][i] = static_cast<uint32_t>(n), c[1][i] = static_cast<uint32_t>(n >> 32) ^ r.stream;
    c[2][i] = static_cast<uint32_t>(r.step), c[3][i] = static_cast<uint32_t>(r.step >> 32);
  }
  for (int round = 0; round < 10; ++round, key[0] += 0x9E3779B9, key[1] += 0xBB67AE85)
    for (int i = 0; i < kQuads; ++i) {
      uint64_t a = uint64_t{0xD2511F53} * c[0][i], b = uint64_t{0xCD9E8D57} * c[2][i];
      c[0][i] = static_cast<uint32_t>(b >> 32) ^ c[1][i] ^ key[0], c[1][i] = static_cast<uint32_t>(b);
      c[2][i] = static_cast<uint32_t>(a >> 32) ^ c[3][i] ^ key[1], c[3][i] = static_cast<uint32_t>(a);
    }
  for (int i = 0; i < kQuads; ++i) for (int j = 0; j < 4; ++j) bits[4 * i + j] = c[j][i];
}

}  // namespace synfire

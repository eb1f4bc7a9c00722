// Counter-based random numbers: the same (seed, stream, step, index) gives the same number on any thread, in any order,
// after any resume. Philox4x32-10, Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace synfire {

using Quad = std::array<uint32_t, 4>;

constexpr Quad philox(Quad counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    uint64_t a = uint64_t{0xD2511F53} * counter[0], b = uint64_t{0xCD9E8D57} * counter[2];
    counter = {uint32_t(b >> 32) ^ counter[1] ^ key[0], uint32_t(b), uint32_t(a >> 32) ^ counter[3] ^ key[1], uint32_t(a)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

// A stream is named by what it is for ("shuffle", "init/conv1.weight"); the name is hashed (FNV-1a) into the key.
constexpr uint32_t stream_of(std::string_view name) {
  uint32_t h = 2166136261u;
  for (char c : name) h = (h ^ static_cast<unsigned char>(c)) * 16777619u;
  return h;
}

// Draws `quad(i)`, `uniform(i)` … are pure functions of (seed, stream, step, i).
struct Random {
  uint64_t seed = 0;
  uint32_t stream = 0;
  uint64_t step = 0;

  constexpr Quad quad(uint64_t i) const {
    return philox({uint32_t(i), uint32_t(i >> 32) ^ stream, uint32_t(step), uint32_t(step >> 32)},
                  {uint32_t(seed), uint32_t(seed >> 32)});
  }
  constexpr uint32_t bits(uint64_t i) const { return quad(i / 4)[i % 4]; }
  constexpr float uniform(uint64_t i) const { return float(bits(i) >> 8) * 0x1p-24f; }     // [0, 1)
  uint64_t below(uint64_t i, uint64_t n) const {                                            // 0 … n-1, n > 0
    Quad q = quad(i);
    return uint64_t((static_cast<unsigned __int128>((uint64_t{q[0]} << 32) | q[1]) * n) >> 64);
  }
  double normal(uint64_t i) const {                                                         // Box & Muller 1958
    Quad q = quad(i);
    double u = (double((uint64_t{q[0]} << 32) | q[1]) + 1) * 0x1p-64, v = double((uint64_t{q[2]} << 32) | q[3]) * 0x1p-64;
    return std::sqrt(-2 * std::log(u)) * std::cos(6.283185307179586477 * v);
  }
};

}  // namespace synfire

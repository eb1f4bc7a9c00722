// The block loop of chains.
#include "synfire/plan/chain.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace synfire {
namespace {

constexpr int kMostOperands = 16;

void repeat_tail(const float* base, int64_t period, int64_t offset, int n, float* to) {
  int64_t k = offset % period;
  for (int i = 0; i < n;) {
    int piece = static_cast<int>(std::min<int64_t>(n - i, period - k));
    std::memcpy(to + i, base + k, piece * sizeof(float));
    i += piece, k = 0;
  }
}

void walk(const Operand& o, int64_t offset, int n, float* to) {
  int64_t at[Shape::kMaxRank], rest = offset, source = 0;
  int rank = o.shape.rank();
  for (int d = rank - 1; d >= 0; --d) at[d] = rest % o.shape[d], rest /= o.shape[d], source += at[d] * o.strides[d];
  for (int i = 0; i < n; ++i) {
    to[i] = o.base[source];
    for (int d = rank - 1; d >= 0; --d) {
      source += o.strides[d];
      if (++at[d] < o.shape[d]) break;
      source -= o.shape[d] * o.strides[d], at[d] = 0;
    }
  }
}

// NaN and infinity have the largest bit patterns, the sign left out: the largest pattern tells. One pass over numbers in the first-level cache.
bool all_finite(const float* x, int n) {
  uint32_t largest = 0;
  for (int i = 0; i < n; ++i) largest = std::max(largest, std::bit_cast<uint32_t>(x[i]) & 0x7fffffffu);
  return largest < 0x7f800000u;
}

}  // namespace

void Chain::run(float* data, int64_t offset, int64_t count, float* scratch) const {
  const float* in[kMostOperands];
  float* out[kMostOperands];
  for (int64_t done = 0; done < count; done += kBlock) {
    int n = static_cast<int>(std::min<int64_t>(kBlock, count - done));
    int64_t at = offset + done;
    for (const ChainStep& s : steps) {
      for (size_t i = 0; i < s.in.size(); ++i) {
        const Operand& o = s.in[i];
        float* reg = scratch + int64_t{o.reg} * kBlock;
        switch (o.kind) {
          case Operand::Kind::reg: in[i] = reg; break;
          case Operand::Kind::stream:
            in[i] = o.base + at;
            if (far) for (int k = 0; k < kBlock; k += 16) __builtin_prefetch(in[i] + n + k);  // the next block, or that of the next call
            break;
          case Operand::Kind::data: in[i] = data + done; break;
          case Operand::Kind::scalar: in[i] = o.base; break;
          case Operand::Kind::spread:
            if (done == 0) std::fill_n(reg, std::min<int64_t>(kBlock, count), *o.base);  // the same for every block
            in[i] = reg;
            break;
          case Operand::Kind::tail: repeat_tail(o.base, o.period, at, n, reg); in[i] = reg; break;
          case Operand::Kind::walk: walk(o, at, n, reg); in[i] = reg; break;
        }
      }
      for (size_t i = 0; i < s.out.size(); ++i)
        out[i] = s.out[i].kind == Operand::Kind::reg ? scratch + int64_t{s.out[i].reg} * kBlock : s.out[i].base + at;
      s.block(in, out, n, s.params.data());
      if (!s.broken) continue;
      for (size_t i = 0; i < s.out.size(); ++i)
        if (!all_finite(out[i], n)) s.broken->store(true, std::memory_order_relaxed);
    }
  }
}

}  // namespace synfire

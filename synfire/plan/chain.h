// Chain: elementwise steps run one after the other on blocks of a few hundred elements, so that what passes between them
// stays in the first-level cache. Alone it is a kernel; behind a product or a convolution it is that kernel's epilogue.
#pragma once
#include <atomic>
#include <cstddef>
#include <vector>

#include "synfire/graph/op.h"

namespace synfire {

struct Operand {
  enum class Kind : uint8_t {
    reg,      // a block in the chain's own registers
    stream,   // memory at the same index
    data,     // what the kernel in front of the chain has just finished
    scalar,   // one number, passed as it is
    spread,   // one number, repeated over the block
    tail,     // repeats every `period` elements (a bias row)
    walk,     // any other broadcast: element index by strides
  };
  Kind kind = Kind::stream;
  int reg = -1;             // of reg; of spread, tail, walk: where the block is laid out
  float* base = nullptr;
  int64_t period = 0;
  Shape shape;              // of walk: the output's shape, and strides of the operand along it
  Shape strides;
};

struct ChainStep {
  Block block = nullptr;
  std::vector<std::byte> params;
  std::vector<Operand> in, out;
  std::atomic<bool>* broken = nullptr;  // not null: the outputs are a parameter and its slots; set when one is given what is not finite
};

class Chain {
 public:
  std::vector<ChainStep> steps;
  int registers = 0;
  bool far = false;  // what streams by is larger than a second-level cache
  int64_t scratch_bytes() const { return int64_t{registers} * kBlock * 4; }
  // Elements [offset, offset + count) in stored order; data: the finished numbers of those elements, if a kernel is in front.
  void run(float* data, int64_t offset, int64_t count, float* scratch) const;
};

}  // namespace synfire

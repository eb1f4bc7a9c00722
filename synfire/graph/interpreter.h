// Interpreter: runs a graph op by op with the reference kernels, in float or double. Slow and plain on purpose: it is the
// oracle of the plan, of the fast kernels and of every gradient.
#pragma once
#include <map>
#include <memory>

#include "synfire/graph/graph.h"

namespace synfire {

class Interpreter {
 public:
  // precision: f32 or f64; it stands for every f32 value of the graph. Buffers have guard words on both sides.
  Interpreter(const Graph& graph, DType precision);
  View view(Value v);                    // where the numbers of v are (allocated on first use, zero)
  void fill(Value v, const double* numbers);
  std::vector<double> numbers(Value v);  // copied out
  void run();                            // every node in order, then the assignments
  void check_guards() const;             // throws Failure(internal) naming the op whose buffer was overrun

 private:
  struct Buffer { std::vector<std::byte> bytes; View view; };
  Buffer& buffer(int id);
  const Graph& graph_;
  DType precision_;
  std::map<int, Buffer> buffers_;
};

}  // namespace synfire

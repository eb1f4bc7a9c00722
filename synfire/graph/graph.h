// Graph: typed operations with every shape known, the one form between a model file and a plan.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include "synfire/graph/op.h"

namespace synfire {

enum class ValueKind : uint8_t { input, state, result };

// How a state's numbers are seen outside (files, PyTorch): view its rows as `view`, permute, then call the result `shape`.
struct External {
  Shape view;                // empty: as it is
  std::vector<int> permute;  // external dimension i is dimension permute[i] of view
  Shape shape;
};

struct ValueInfo {
  Type type;
  ValueKind kind = ValueKind::result;
  int node = -1, output = 0;       // the node that makes it, for results
  std::string name;                // of inputs and states
  // States outlive a run and are in the checkpoint. Parameters are the states that learning changes.
  bool parameter = false;
  Layout layout = Layout::rows;
  External external;
  Choice initializer;
  int64_t fan_in = 0, fan_out = 0;
};

struct GraphNode {
  const OpDef* op = nullptr;
  std::vector<int> in, out;        // value ids
  Attrs attrs;
  std::string scope;               // the layer that asked for it, for messages and profiles
};

struct Assignment { int state, next; };

class Graph {
 public:
  Graph() = default;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  Value input(std::string name, DType dtype, Shape shape);
  Value state(std::string name, DType dtype, Shape shape, Choice initializer);
  Value parameter(std::string name, Shape shape, Choice initializer, int64_t fan_in, int64_t fan_out, Layout layout);
  // A node of the named op; throws Failure(shape) when the op's rule refuses, with the scope in the message.
  Value op(std::string_view name, Values in, Attrs attrs = {});
  Values ops(std::string_view name, Values in, Attrs attrs = {});  // all outputs
  Value constant(double value, Shape shape = {});
  void assign(Value state, Value next);                            // after a run, state holds next

  Value find(std::string_view name) const;                         // input or state; no value when there is none
  const ValueInfo& info(Value v) const { return values_[v.id]; }
  ValueInfo& info(Value v) { return values_[v.id]; }
  Value value(int id) const { return {const_cast<Graph*>(this), id}; }
  Values parameters() const;
  const std::deque<ValueInfo>& values() const { return values_; }
  const std::vector<GraphNode>& nodes() const { return nodes_; }
  const std::vector<Assignment>& assignments() const { return assignments_; }

  std::string scope;  // put on every node made from now on

 private:
  Value add_value(ValueInfo info);
  std::deque<ValueInfo> values_;  // not a vector: shape() hands out references that stay good while ops are added
  std::vector<GraphNode> nodes_;  // in an order in which they can run
  std::vector<Assignment> assignments_;
  std::unordered_map<std::string, int> names_;
};

inline const Shape& Value::shape() const { return graph->info(*this).type.shape; }
inline DType Value::dtype() const { return graph->info(*this).type.dtype; }

// d loss / d each of wrt, as new nodes of the same graph (so gradients of gradients are the same call again). loss has one
// element. A wrt that loss does not depend on gets zeros.
Values gradients(Graph& graph, Value loss, const Values& wrt);

}  // namespace synfire

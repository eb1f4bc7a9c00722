// Lowered: a graph on its way to a plan. Only what is needed is in it; every value has a layout; elementwise nodes are
// gathered in groups; groups have an order; values that are stored have a storage. Inside plan/ only.
#pragma once
#include <vector>

#include "synfire/graph/graph.h"

namespace synfire::lowered {

enum class Conversion : uint8_t { none, to_panels, to_rows };

struct Value {
  Type type;
  ValueKind kind = ValueKind::result;
  Layout layout = Layout::rows;
  int node = -1, output = 0;      // the node that makes it
  std::vector<int> readers;       // nodes
  int state = -1;                 // result: the state (a value) that holds it after the run, written in place
  bool keep = false;              // must be readable after the run
  bool plain = false;             // … and in rows
  int alias = -1;                 // the value whose memory this is under another shape
  int storage = -1;               // index of Storage; -1: a state's memory, or only in a chain's registers
  int64_t stored() const { return stored_numel(type.shape, layout); }
  int64_t bytes() const { return stored() * size_of(type.dtype); }
};

struct Node {
  const OpDef* op = nullptr;      // null for conversions
  Conversion conversion = Conversion::none;
  const Attrs* attrs = nullptr;
  std::string scope;
  std::vector<int> in, out;       // values
  std::vector<int> before;        // nodes that must run earlier for other reasons than data (readers of a state it overwrites)
  int group = -1;
  int order = -1;                 // when it runs, among all nodes: known once the groups are in order
  bool elementwise() const { return op && op->block; }
};

struct Group {                    // what runs as one: a kernel with a chain behind it, or a chain alone, or a kernel alone
  int anchor = -1;                // node with a kernel, or -1
  std::vector<int> chain;         // elementwise nodes, in order
  int64_t numel = 0;              // stored elements that the chain walks over
  Layout layout = Layout::rows;
  bool virtual_output = false;    // the anchor's output 0 is seen by the chain only
};

struct Storage { int64_t bytes = 0, offset = 0; int first = 0, last = 0; };  // positions in the order of groups, inclusive

struct Lowered {
  std::vector<Value> values;      // the first ones have the ids of the graph
  std::vector<Node> nodes;        // in an order in which they can run
  std::vector<Group> groups;      // in the order in which they run, once ordered
  std::vector<Assignment> copies; // assignments that could not be made in place: copied after the run
  std::vector<Storage> storages;
  int64_t arena_bytes = 0;

  int root(int v) const { while (values[v].alias >= 0) v = values[v].alias; return v; }
  // An operand that an elementwise node reads at the same index as it writes (no broadcasting).
  bool same_index(const Node& n, int in) const { return values[in].stored() == values[n.out[0]].stored() && values[in].type.shape.numel() == values[n.out[0]].type.shape.numel(); }
};

Lowered lower(const Graph& graph, const Values& keep, const Values& look);  // lower.cpp: what is needed, layouts, conversions, in-place states
void fuse(Lowered& l, bool apart);                      // fuse.cpp: groups and their order; apart: each node by itself
void place(Lowered& l);                                 // place.cpp: which values have a storage, and how long it lives
void lay_out(Lowered& l);                               // place.cpp: offsets of all storages in one arena

}  // namespace synfire::lowered

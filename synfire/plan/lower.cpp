// From graph to lowered form: drop what nobody needs, decide which values live in panels, insert conversions where a reader
// cannot take its input's layout, and find the states that can be overwritten in place.
#include <algorithm>

#include "synfire/plan/lowered.h"

namespace synfire::lowered {
namespace {

struct Lowering {
  const Graph& graph;
  Lowered l;
  std::vector<Assignment> assignments;  // the graph's, through conversions where layouts differ
  std::vector<char> forced;  // value in panels because it is computed elementwise from a state in panels

  std::vector<char> needed_nodes(const synfire::Values& keep) const {
    std::vector<char> value(graph.values().size(), 0), node(graph.nodes().size(), 0);
    for (synfire::Value v : keep) value[v.id] = 1;
    for (const Assignment& a : graph.assignments()) value[a.next] = 1;
    for (size_t k = graph.nodes().size(); k-- > 0;) {
      const GraphNode& n = graph.nodes()[k];
      if (std::none_of(n.out.begin(), n.out.end(), [&](int o) { return value[o]; })) continue;
      node[k] = 1;
      for (int i : n.in) value[i] = 1;
    }
    return node;
  }

  void copy(const synfire::Values& keep, const synfire::Values& look) {
    for (const ValueInfo& v : graph.values()) {
      Value w;
      w.type = v.type, w.kind = v.kind, w.layout = v.kind == ValueKind::state ? v.layout : Layout::rows;
      l.values.push_back(std::move(w));
    }
    for (synfire::Value v : keep) l.values[v.id].keep = l.values[v.id].plain = true;
    for (synfire::Value v : look) l.values[v.id].keep = true;
    synfire::Values all = keep;
    all.insert(all.end(), look.begin(), look.end());
    std::vector<char> needed = needed_nodes(all);
    for (size_t k = 0; k < needed.size(); ++k) {
      if (!needed[k]) continue;
      const GraphNode& g = graph.nodes()[k];
      Node n{g.op, Conversion::none, &g.attrs, g.scope, g.in, g.out, {}, -1};
      int id = static_cast<int>(l.nodes.size());
      for (int i : n.in) l.values[i].readers.push_back(id);
      for (size_t o = 0; o < n.out.size(); ++o) l.values[n.out[o]].node = id, l.values[n.out[o]].output = static_cast<int>(o);
      if (n.op->flags.alias) l.values[n.out[0]].alias = n.in[0];
      l.nodes.push_back(std::move(n));
    }
  }

  // All inputs are single numbers or of the output's own shape, so that any common layout will do.
  bool layout_free(const Node& n) const {
    if (!n.elementwise()) return false;
    const Shape& s = l.values[n.out[0]].type.shape;
    return s.rank() >= 2 && std::all_of(n.in.begin(), n.in.end(), [&](int i) {
      const Shape& t = l.values[i].type.shape;
      return t == s || t.numel() == 1;
    });
  }
  bool in_panels(int v) const { return l.values[v].layout == Layout::panels; }

  void choose_layouts() {
    forced.assign(l.values.size(), 0);
    std::vector<char> candidate(l.values.size(), 0);
    for (const Node& n : l.nodes) {
      if (n.elementwise() && layout_free(n)) {
        const Shape& s = l.values[n.out[0]].type.shape;
        bool any = false, all = true, some = false;  // forced, all in panels, any that is not a single number
        for (int i : n.in) {
          if (l.values[i].type.shape.numel() == 1 && !(l.values[i].type.shape == s)) continue;
          bool is_forced = forced[i] || (l.values[i].kind == ValueKind::state && in_panels(i) && l.values[i].type.shape == s);
          any |= is_forced, all &= is_forced || candidate[i], some = true;
        }
        for (int o : n.out) any ? forced[o] = 1 : candidate[o] = all && some;
      } else if (n.op->flags.panel_output && l.values[n.out[0]].type.shape.rank() >= 2) {
        candidate[n.out[0]] = 1;
      }
    }
    for (const Assignment& a : graph.assignments())
      if (!in_panels(a.state)) candidate[a.next] = 0;
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t v = 0; v < l.values.size(); ++v)
        if (candidate[v] && !stays_candidate(static_cast<int>(v), candidate)) candidate[v] = 0, changed = true;
    }
    for (size_t v = 0; v < l.values.size(); ++v) if (forced[v] || candidate[v]) l.values[v].layout = Layout::panels;
  }

  bool stays_candidate(int v, const std::vector<char>& candidate) const {
    const Value& value = l.values[v];
    if (value.plain) return false;
    auto panels = [&](int i) { return candidate[i] || forced[i] || (l.values[i].kind == ValueKind::state && in_panels(i)); };
    const Node& maker = l.nodes[value.node];
    if (maker.elementwise())
      for (int i : maker.in)
        if (!panels(i) && (l.values[i].type.shape.numel() != 1 || l.values[i].type.shape == value.type.shape)) return false;
    for (int r : value.readers) {
      const Node& n = l.nodes[r];
      if (n.elementwise()) {
        if (!panels(n.out[0])) return false;
      } else {
        for (size_t i = 0; i < n.in.size(); ++i)
          if (n.in[i] == v && !(n.op->bind && n.op->flags.panel_inputs >> i & 1)) return false;
      }
    }
    return true;
  }

  Layout wanted(const Node& n, size_t input) const {
    int v = n.in[input];
    if (n.elementwise()) return l.values[v].type.shape == l.values[n.out[0]].type.shape ? l.values[n.out[0]].layout : Layout::rows;
    return n.op->bind && n.op->flags.panel_inputs >> input & 1 ? l.values[v].layout : Layout::rows;
  }

  // Rewrites the node list with conversions in front of readers that cannot take what they are given.
  void insert_conversions() {
    std::vector<Node> old = std::move(l.nodes);
    l.nodes.clear();
    std::vector<int> converted(l.values.size(), -1);
    for (Value& v : l.values) v.readers.clear();
    auto push = [&](Node n) {
      int id = static_cast<int>(l.nodes.size());
      for (int i : n.in) l.values[i].readers.push_back(id);
      for (int o : n.out) l.values[o].node = id;
      l.nodes.push_back(std::move(n));
    };
    for (Node& n : old) {
      for (size_t i = 0; i < n.in.size(); ++i) {
        int v = n.in[i];
        if (l.values[v].layout == wanted(n, i)) continue;
        if (converted[v] < 0) {
          bool to_rows = l.values[v].layout == Layout::panels;
          Value w;
          w.type = l.values[v].type, w.layout = to_rows ? Layout::rows : Layout::panels;
          converted[v] = static_cast<int>(l.values.size());
          l.values.push_back(std::move(w));
          push({nullptr, to_rows ? Conversion::to_rows : Conversion::to_panels, nullptr, n.scope, {v}, {converted[v]}, {}, -1});
        }
        n.in[i] = converted[v];
        if (n.op->flags.alias) l.values[n.out[0]].alias = n.in[0];
      }
      push(std::move(n));
    }
    for (const Assignment& a : graph.assignments()) {
      int next = a.next;
      if (l.values[next].layout != l.values[a.state].layout) {
        Value w;
        w.type = l.values[next].type, w.layout = l.values[a.state].layout;
        l.values.push_back(std::move(w));
        int id = static_cast<int>(l.values.size()) - 1;
        push({nullptr, l.values[id].layout == Layout::rows ? Conversion::to_rows : Conversion::to_panels, nullptr, "", {next}, {id}, {}, -1});
        next = id;
      }
      assignments.push_back({a.state, next});
    }
  }

  // A state is overwritten in place when an elementwise node makes its next value and everybody else who reads the state
  // comes before that node.
  void assign_in_place() {
    std::vector<char> taken(l.values.size(), 0);
    for (const Assignment& a : assignments) {
      Value& next = l.values[a.next];
      bool good = next.kind == ValueKind::result && next.alias < 0 && l.nodes[next.node].elementwise() &&
                  !next.keep && !taken[a.next] && next.layout == l.values[a.state].layout;
      for (size_t i = 0; good && i < l.nodes[next.node].in.size(); ++i) {
        int v = l.nodes[next.node].in[i];
        if (l.root(v) == a.state && !l.same_index(l.nodes[next.node], v)) good = false;
      }
      std::vector<int> others;
      for (size_t v = 0; good && v < l.values.size(); ++v) {  // readers of the state under any shape
        if (l.root(static_cast<int>(v)) != a.state) continue;
        for (int r : l.values[v].readers)
          if (r != next.node && !(l.nodes[r].op && l.nodes[r].op->flags.alias)) others.push_back(r), good &= r < next.node;
      }
      if (!good) { l.copies.push_back(a); next.keep = true; continue; }
      taken[a.next] = 1;
      next.state = a.state;
      auto& before = l.nodes[next.node].before;
      before.insert(before.end(), others.begin(), others.end());
    }
  }
};

}  // namespace

Lowered lower(const Graph& graph, const synfire::Values& keep, const synfire::Values& look) {
  Lowering lowering{graph, {}, {}, {}};
  lowering.copy(keep, look);
  lowering.choose_layouts();
  lowering.insert_conversions();
  lowering.assign_in_place();
  return std::move(lowering.l);
}

}  // namespace synfire::lowered

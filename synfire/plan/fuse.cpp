// Groups: an elementwise node joins the kernel or chain that makes one of its inputs, unless that would make the group wait
// for itself. What is cheap to make again and wanted much later (the slope of an activation, from an output that is kept anyway) waits
// for its reader and joins that. Then the groups are put in order, each as early as the graph's own order suggests.
#include <algorithm>
#include <queue>

#include "synfire/plan/lowered.h"

namespace synfire::lowered {
namespace {

constexpr size_t kLongestChain = 24;

struct Fusion {
  Lowered& l;
  bool apart;
  std::vector<std::vector<int>> preds;  // group -> groups that it waits for (with repeats)
  std::vector<char> deferred;           // nodes that wait for their reader
  std::vector<int> kernels_before;      // how many nodes in front of each have a kernel

  std::vector<int> waits_for(int node) const {
    std::vector<int> r;
    const Node& n = l.nodes[node];
    for (int i : n.in)
      if (int m = l.values[l.root(i)].node; m >= 0) {  // a change of shape runs nothing
        if (!deferred[m]) { r.push_back(m); continue; }
        for (int w : waits_for(m)) r.push_back(w);
      }
    r.insert(r.end(), n.before.begin(), n.before.end());
    return r;
  }

  bool has_kernel(int k) const { return !l.nodes[k].elementwise() && !(l.nodes[k].op && l.nodes[k].op->flags.alias); }

  void look_ahead() {
    deferred.assign(l.nodes.size(), 0), kernels_before.assign(l.nodes.size() + 1, 0);
    for (size_t k = 0; k < l.nodes.size(); ++k) kernels_before[k + 1] = kernels_before[k] + has_kernel(static_cast<int>(k));
    for (size_t k = 0; k < l.nodes.size(); ++k) deferred[k] = may_wait(static_cast<int>(k));
  }

  // Node k waits when it reads one value and has one reader, elementwise and with a kernel in between: then that value is kept
  // instead of k's own result, which is as large, and nothing is written and read again. A state may be overwritten in between.
  bool may_wait(int k) const {
    const Node& n = l.nodes[k];
    if (!n.elementwise() || n.in.size() != 1 || n.out.size() != 1 || !n.before.empty() || !l.same_index(n, n.in[0])) return false;
    const Value &out = l.values[n.out[0]], &in = l.values[l.root(n.in[0])];
    if (out.keep || out.state >= 0 || out.readers.size() != 1 || in.kind == ValueKind::state) return false;
    if (in.node >= 0 && deferred[in.node]) return false;
    const Node& reader = l.nodes[out.readers[0]];
    return reader.elementwise() && !reader.op->scalar_inputs && l.same_index(reader, n.out[0]) &&
           kernels_before[out.readers[0]] > kernels_before[in.node + 1];
  }

  bool group_reaches(int from, int to) const {  // does `to` wait, directly or not, for `from`?
    std::vector<int> stack{to};
    std::vector<char> seen(l.groups.size(), 0);
    while (!stack.empty()) {
      int g = stack.back();
      stack.pop_back();
      if (g == from) return true;
      if (seen[g]) continue;
      seen[g] = 1;
      stack.insert(stack.end(), preds[g].begin(), preds[g].end());
    }
    return false;
  }

  // A group whose results node k reads index by index, and which it may join.
  bool may_join(int k, int g) const {
    const Group& group = l.groups[g];
    if (group.chain.size() >= kLongestChain) return false;
    for (int p : waits_for(k)) {
      int h = l.nodes[p].group;
      if (h != g && group_reaches(g, h)) return false;
    }
    return true;
  }

  int group_to_join(int k) const {
    const Node& n = l.nodes[k];
    int64_t numel = l.values[n.out[0]].stored();
    int best = -1, best_node = -1;
    for (int i : n.in) {
      const Value& v = l.values[l.root(i)];
      if (v.node < 0 || deferred[v.node] || v.type.dtype != DType::f32 || !l.same_index(n, i)) continue;
      if (l.root(i) != i && l.values[i].layout != Layout::rows) continue;
      int g = l.nodes[v.node].group;
      const Group& group = l.groups[g];
      bool fits = group.chain.empty() || group.numel == numel;
      if (group.anchor >= 0) {
        const Node& a = l.nodes[group.anchor];
        fits &= a.op && a.op->bind && a.op->flags.epilogue && l.values[a.out[0]].stored() == numel &&
                (v.node != group.anchor || v.output == 0);
        if (a.op) for (size_t o = 1; o < a.out.size(); ++o) for (int m : n.in) fits &= l.root(m) != a.out[o];  // finished only at the end
      }
      if (fits && group.layout == l.values[n.out[0]].layout && v.node > best_node && may_join(k, g)) best = g, best_node = v.node;
    }
    return best;
  }

  void form() {
    if (apart) deferred.assign(l.nodes.size(), 0);
    else look_ahead();
    for (int k = 0; k < static_cast<int>(l.nodes.size()); ++k) {
      if (deferred[k]) continue;
      Node& n = l.nodes[k];
      int g = n.elementwise() && !apart ? group_to_join(k) : -1;
      if (g < 0) {
        g = static_cast<int>(l.groups.size());
        l.groups.emplace_back();
        preds.emplace_back();
        l.groups[g].layout = l.values[n.out[0]].layout;
        if (!n.elementwise()) l.groups[g].anchor = k;
      }
      n.group = g;
      if (n.elementwise()) {
        for (int i : n.in)  // those that waited for this one
          if (int m = l.values[i].node; m >= 0 && deferred[m] && l.nodes[m].group < 0) l.nodes[m].group = g, l.groups[g].chain.push_back(m);
        l.groups[g].chain.push_back(k), l.groups[g].numel = l.values[n.out[0]].stored();
      }
      for (int p : waits_for(k))
        if (l.nodes[p].group != g) preds[g].push_back(l.nodes[p].group);
    }
  }

  void order() {  // Kahn 1962, the group with the earliest first node first
    size_t n = l.groups.size();
    std::vector<int> waiting(n, 0), key(n);
    std::vector<std::vector<int>> next(n);
    for (size_t g = 0; g < n; ++g) {
      std::sort(preds[g].begin(), preds[g].end());
      preds[g].erase(std::unique(preds[g].begin(), preds[g].end()), preds[g].end());
      waiting[g] = static_cast<int>(preds[g].size());
      for (int p : preds[g]) next[p].push_back(static_cast<int>(g));
      key[g] = l.groups[g].anchor >= 0 ? l.groups[g].anchor : *std::find_if(l.groups[g].chain.begin(), l.groups[g].chain.end(), [&](int k) { return !deferred[k]; });
    }
    auto later = [&](int a, int b) { return key[a] > key[b]; };
    std::priority_queue<int, std::vector<int>, decltype(later)> ready(later);
    for (size_t g = 0; g < n; ++g) if (!waiting[g]) ready.push(static_cast<int>(g));
    std::vector<Group> ordered;
    while (!ready.empty()) {
      int g = ready.top();
      ready.pop();
      ordered.push_back(l.groups[g]);
      for (int s : next[g]) if (--waiting[s] == 0) ready.push(s);
    }
    if (ordered.size() != n) fail(Code::internal, "the groups of a plan wait for each other");
    l.groups = std::move(ordered);
    int order = 0;
    for (size_t g = 0; g < n; ++g) {
      auto put = [&](int k) { l.nodes[k].group = static_cast<int>(g), l.nodes[k].order = order++; };
      if (l.groups[g].anchor >= 0) put(l.groups[g].anchor);
      for (int k : l.groups[g].chain) put(k);
    }
  }
};

}  // namespace

void fuse(Lowered& l, bool apart) {
  Fusion f{l, apart, {}, {}, {}};
  f.form();
  f.order();
}

}  // namespace synfire::lowered

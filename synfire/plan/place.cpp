// Memory: which values need a place at all, which may share one, and where each lies in the arena.
#include <algorithm>
#include <numeric>

#include "synfire/plan/lowered.h"

namespace synfire::lowered {
namespace {

struct Placing {
  Lowered& l;
  std::vector<int> last_use;   // of each value under any shape: the last group that reads it

  int group_of(int node) const { return l.nodes[node].group; }

  void find_last_uses() {
    last_use.assign(l.values.size(), -1);
    int end = static_cast<int>(l.groups.size());
    for (size_t v = 0; v < l.values.size(); ++v) {
      int r = l.root(static_cast<int>(v));
      for (int k : l.values[v].readers) if (!(l.nodes[k].op && l.nodes[k].op->flags.alias)) last_use[r] = std::max(last_use[r], group_of(k));
      if (l.values[v].keep) last_use[r] = end, l.values[r].keep = true;
    }
  }

  // Lives in registers of its chain: read by nobody outside its group, and by no alias.
  bool only_in_chain(int v, int g) const {
    const Value& value = l.values[v];
    if (value.keep || value.state >= 0 || last_use[v] > g) return false;
    for (int r : value.readers)
      if (group_of(r) != g || !l.nodes[r].elementwise() || (l.nodes[r].op->flags.alias)) return false;
    return true;
  }

  int new_storage(int64_t bytes, int first, int last) {
    l.storages.push_back({(bytes + 63) / 64 * 64, 0, first, last});
    return static_cast<int>(l.storages.size()) - 1;
  }

  void give(int v, int g) {
    Value& value = l.values[v];
    if (value.alias >= 0 || value.state >= 0 || value.storage >= 0) return;
    value.storage = new_storage(value.bytes(), g, std::max(last_use[v], g));
  }

  bool read_after(const Group& group, int v, int node) const {  // does a later step of the chain still read v?
    auto later = [&](int k) { return l.nodes[k].order > l.nodes[node].order; };
    return std::any_of(l.values[v].readers.begin(), l.values[v].readers.end(), later) ||
           std::any_of(group.chain.begin(), group.chain.end(), [&](int k) {
             return later(k) && std::any_of(l.nodes[k].in.begin(), l.nodes[k].in.end(), [&](int i) { return l.root(i) == v; }); });
  }

  // An input of a chain that dies here and is read index by index can be overwritten by output o, of the same size.
  int dying_input(const Group& group, int g, int o, const std::vector<int>& taken) const {
    int64_t bytes = l.values[o].bytes();
    for (int k : group.chain)
      for (int i : l.nodes[k].in) {
        int r = l.root(i);
        const Value& v = l.values[r];
        if (v.storage < 0 || v.keep || v.kind != ValueKind::result || last_use[r] != g || v.bytes() != bytes) continue;
        if (!l.same_index(l.nodes[k], i) || l.storages[v.storage].last != g) continue;
        if (read_after(group, r, l.values[o].node) || std::find(taken.begin(), taken.end(), r) != taken.end()) continue;
        bool everywhere = true;
        for (int m : group.chain) for (int j : l.nodes[m].in) if (l.root(j) == r) everywhere &= l.same_index(l.nodes[m], j);
        if (everywhere) return r;
      }
    return -1;
  }

  void give_chain(Group& group, int g) {
    std::vector<int> stored, taken;
    for (int k : group.chain)
      for (int o : l.nodes[k].out) if (!only_in_chain(o, g)) stored.push_back(o);
    if (group.anchor >= 0 && !group.chain.empty()) {
      int v = l.nodes[group.anchor].out[0];
      if (only_in_chain(v, g)) {
        const OpDef* op = l.nodes[group.anchor].op;
        auto same = std::find_if(stored.begin(), stored.end(), [&](int o) {
          return l.values[o].state < 0 && l.values[o].bytes() == l.values[v].bytes() && !read_after(group, v, l.values[o].node); });
        if (same != stored.end()) give(*same, g), l.values[v].storage = l.values[*same].storage;
        else if (op->flags.virtual_output) group.virtual_output = true;
      }
    }
    for (int o : stored) {
      if (l.values[o].state >= 0 || l.values[o].storage >= 0) continue;
      int dying = group.anchor < 0 ? dying_input(group, g, o, taken) : -1;
      if (dying >= 0) {
        taken.push_back(dying);
        Storage& s = l.storages[l.values[dying].storage];
        s.last = std::max(last_use[o], g);
        l.values[o].storage = l.values[dying].storage;
      } else {
        give(o, g);
      }
    }
  }

  // Largest first, each at the lowest offset where nothing that lives at the same time lies (Pisarchyk & Lee 2020).
  void lay_out() {
    std::vector<int> order(l.storages.size()), placed;
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return l.storages[a].bytes > l.storages[b].bytes; });
    for (int s : order) {
      Storage& mine = l.storages[s];
      int64_t offset = 0;
      for (int p : placed) {  // sorted by offset
        const Storage& other = l.storages[p];
        if (other.last < mine.first || mine.last < other.first) continue;
        if (offset + mine.bytes <= other.offset) break;
        offset = std::max(offset, other.offset + other.bytes);
      }
      mine.offset = offset;
      l.arena_bytes = std::max(l.arena_bytes, offset + mine.bytes);
      placed.insert(std::upper_bound(placed.begin(), placed.end(), s, [&](int a, int b) { return l.storages[a].offset < l.storages[b].offset; }), s);
    }
  }
};

}  // namespace

void place(Lowered& l) {
  Placing p{l, {}};
  p.find_last_uses();
  int end = static_cast<int>(l.groups.size());
  for (size_t v = 0; v < l.values.size(); ++v)
    if (l.values[v].kind == ValueKind::input) l.values[v].storage = p.new_storage(l.values[v].bytes(), 0, end);
  for (int g = 0; g < end; ++g) {
    Group& group = l.groups[g];
    p.give_chain(group, g);
    if (group.anchor >= 0) {
      const Node& a = l.nodes[group.anchor];
      for (size_t o = 0; o < a.out.size(); ++o) if (o > 0 || !group.virtual_output) p.give(a.out[o], g);
    }
  }
}

void lay_out(Lowered& l) { Placing{l, {}}.lay_out(); }

}  // namespace synfire::lowered

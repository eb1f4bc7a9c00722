// Binding a lowered graph: kernels to addresses, chains to epilogues, phases to the worker pool.
#include "synfire/plan/plan.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "synfire/base/format.h"
#include "synfire/plan/chain.h"
#include "synfire/plan/lowered.h"
#include "synfire/tensor/panels.h"

namespace synfire {
namespace {

using lowered::Conversion;
using lowered::Lowered;

constexpr int64_t kChunkElements = 16 << 10;  // a slice of a chain that stands alone
constexpr int64_t kFarElements = 256 << 10;   // 1 MB
constexpr double kWorthSharing = 15e3;        // ns of work below which a kernel stays on one thread

struct Step {
  Kernel kernel;
  std::unique_ptr<Chain> chain;
  bool parallel = false;
  std::string op, scope;                     // for messages
  std::vector<View> results;                 // what it writes, for check_numbers
  std::string note;                          // for describe
};

struct Behind { const Chain* chain; const Plan::Impl* impl; int64_t skip; };  // context of an epilogue; skip: the kernel's scratch

}  // namespace

struct Plan::Impl {
  Pool* pool = nullptr;
  Arena arena, scratch;
  int64_t scratch_bytes = 0;                 // a worker
  std::vector<Step> steps;
  std::vector<std::unique_ptr<Behind>> behind;
  std::vector<View> views;                   // by value id of the graph
  std::unordered_map<std::string, int> inputs;
  std::vector<std::pair<View, View>> copies; // state, next
  bool check = false;
  std::unique_ptr<NotFinite> found;
  std::atomic<bool> broken{false};           // a parameter or a slot was given a number that is not finite

  std::byte* my_scratch() const { return scratch.data() + Pool::worker() * scratch_bytes; }
  void run();
  bool finite(const Step& s) const;
};

namespace {

// Everything that is decided while a plan is made.
struct Binder {
  Plan::Impl* impl;
  const Graph& graph;
  Store& store;
  Lowered l;
  std::vector<int64_t> shared;               // storage of each group's workspace, -1 without
  int64_t kernel_scratch = 0, chain_scratch = 0;

  float* address(int v) const {
    int r = l.root(v);
    const lowered::Value& value = l.values[r];
    int state = value.kind == ValueKind::state ? r : value.state;
    if (state >= 0) return static_cast<float*>(store.find(graph.values()[state].name)->view.data);
    return value.storage < 0 ? nullptr : reinterpret_cast<float*>(arena + l.storages[value.storage].offset);
  }
  std::byte* arena = nullptr;
  View view(int v) const { return {address(v), l.values[v].type.dtype, l.values[v].type.shape, l.values[v].layout}; }

  Types types_of(const std::vector<int>& values) const {
    Types t;
    for (int v : values) t.push_back(l.values[v].type);
    return t;
  }

  Workspace workspace_of(const lowered::Node& n, bool virtual_output) const {
    if (!n.op->exact_workspace) return n.op->workspace(types_of(n.in), *n.attrs);
    Binding b{{}, {}, *n.attrs, {}, nullptr, {}};
    auto placeless = [&](int v) { return View{nullptr, l.values[v].type.dtype, l.values[v].type.shape, l.values[v].layout}; };
    for (int v : n.in) b.in.push_back(placeless(v));
    for (int v : n.out) b.out.push_back(placeless(v));
    return n.op->exact_workspace(b, virtual_output);
  }

  void add_workspaces() {  // shared memory of a kernel lives as long as its group runs
    shared.assign(l.groups.size(), -1);
    for (size_t g = 0; g < l.groups.size(); ++g) {
      const lowered::Group& group = l.groups[g];
      if (group.anchor < 0) continue;
      const lowered::Node& n = l.nodes[group.anchor];
      if (!n.op || !n.op->workspace) continue;
      Workspace w = workspace_of(n, group.virtual_output);
      kernel_scratch = std::max(kernel_scratch, (w.scratch + 63) / 64 * 64);
      if (w.shared <= 0) continue;
      shared[g] = static_cast<int64_t>(l.storages.size());
      l.storages.push_back({(w.shared + 63) / 64 * 64, 0, static_cast<int>(g), static_cast<int>(g)});
    }
  }

  Operand broadcast_operand(int v, int out, int& registers) const {
    Operand o;
    o.base = address(v), o.reg = registers++;
    const Shape &s = l.values[v].type.shape, &t = l.values[out].type.shape;
    if (s.numel() == 1) { o.kind = Operand::Kind::spread; return o; }
    int lead = t.rank() - s.rank();
    bool tail = true;
    for (int d = 0; d < s.rank(); ++d) tail &= s[d] == t[lead + d];
    if (tail) { o.kind = Operand::Kind::tail, o.period = s.numel(); return o; }
    o.kind = Operand::Kind::walk, o.shape = t;
    for (int d = 0; d < t.rank(); ++d) o.strides.push_back(d < lead || s[d - lead] == 1 ? 0 : s.from(d - lead + 1));
    return o;
  }

  // Registers hold what only this chain reads; one is free again after its last reader.
  std::unique_ptr<Chain> make_chain(const lowered::Group& group) {
    auto chain = std::make_unique<Chain>();
    std::vector<int> reg(l.values.size(), -1), free;
    int data = group.anchor >= 0 ? l.nodes[group.anchor].out[0] : -1;
    auto take = [&] {
      if (free.empty()) return chain->registers++;
      int r = free.back();
      free.pop_back();
      return r;
    };
    for (int k : group.chain) {
      const lowered::Node& n = l.nodes[k];
      ChainStep step{n.op->block, n.op->pack_params(*n.attrs), {}, {}};
      if (int state = l.values[n.out[0]].state; state >= 0 && graph.values()[state].parameter) step.broken = &impl->broken;
      for (size_t i = 0; i < n.in.size(); ++i) {
        int v = n.in[i], r = l.root(v);
        Operand o;
        if (n.op->scalar_inputs >> i & 1) o.kind = Operand::Kind::scalar, o.base = address(v);
        else if (!l.same_index(n, v)) o = broadcast_operand(v, n.out[0], chain->registers);
        else if (r == data) o.kind = Operand::Kind::data;
        else if (reg[r] >= 0) o.kind = Operand::Kind::reg, o.reg = reg[r];
        else o.base = address(v);
        step.in.push_back(std::move(o));
      }
      for (int v : n.out) {
        Operand o;
        if ((o.base = address(v)) == nullptr) o.kind = Operand::Kind::reg, o.reg = reg[v] = take();
        step.out.push_back(std::move(o));
      }
      auto release = [&](int v) {
        if (reg[v] < 0) return;
        for (int r : l.values[v].readers) if (l.nodes[r].order > n.order) return;
        free.push_back(std::exchange(reg[v], -1));
      };
      for (int v : n.in) release(l.root(v));
      for (int v : n.out) release(v);
      chain->steps.push_back(std::move(step));
    }
    chain->far = group.numel >= kFarElements;
    chain_scratch = std::max(chain_scratch, chain->scratch_bytes());
    return chain;
  }

  Kernel convert(const lowered::Node& n) const {
    const float* from = address(n.in[0]);
    float* to = address(n.out[0]);
    int64_t rows = l.values[n.in[0]].type.shape[0], columns = l.values[n.in[0]].type.shape.from(1);
    if (n.conversion == Conversion::to_rows) return {{1, [=](int) { from_panels(from, rows, columns, to); }}};
    return {{1, [=](int) { to_panels(from, rows, columns, columns, 1, to); }}};
  }

  Kernel run_reference(const lowered::Node& n) const {
    std::vector<View> in, out;
    for (int v : n.in) in.push_back(view(v));
    for (int v : n.out) out.push_back(view(v));
    const OpDef* op = n.op;
    return {{1, [in, out, op, attrs = *n.attrs](int) { op->reference_f32({in, out, attrs}); }}};
  }

  Step bind_group(size_t g) {
    const lowered::Group& group = l.groups[g];
    Step step;
    Plan::Impl* impl = this->impl;
    if (!group.chain.empty()) step.chain = make_chain(group);
    Chain* chain = step.chain.get();
    double work = 0;  // ns, roughly
    if (group.anchor >= 0) {
      const lowered::Node& n = l.nodes[group.anchor];
      step.op = n.op ? std::string(n.op->name) : n.conversion == Conversion::to_rows ? "to_rows" : "to_panels", step.scope = n.scope;
      for (int v : n.in) work += static_cast<double>(l.values[v].bytes()) / 16;
      for (int v : n.out) work += static_cast<double>(l.values[v].bytes()) / 16;
      if (n.op && n.op->flops) work += n.op->flops(types_of(n.in), *n.attrs) / 50;
      if (!n.op) step.kernel = convert(n);
      else if (n.op->flags.alias) step.kernel = {};
      else if (!n.op->bind) step.kernel = run_reference(n);
      else {
        Binding b{{}, {}, *n.attrs, {}, shared[g] < 0 ? nullptr : arena + l.storages[shared[g]].offset, [impl] { return impl->my_scratch(); }};
        for (int v : n.in) b.in.push_back(view(v));
        for (int v : n.out) b.out.push_back(view(v));
        if (group.virtual_output) b.out[0].data = nullptr;
        if (chain) {
          impl->behind.push_back(std::make_unique<Behind>(Behind{chain, impl, 0}));
          b.epilogue = {[](const void* c, float* data, int64_t offset, int64_t count) {
            const Behind& b = *static_cast<const Behind*>(c);
            b.chain->run(data, offset, count, reinterpret_cast<float*>(b.impl->my_scratch() + b.skip));
          }, impl->behind.back().get()};
        }
        step.kernel = n.op->bind(b);
      }
    } else {
      step.op = l.nodes[group.chain.back()].op->name, step.scope = l.nodes[group.chain.back()].scope;
      int64_t numel = group.numel;
      step.kernel = {{static_cast<int>((numel + kChunkElements - 1) / kChunkElements), [chain, impl, numel](int slice) {
        int64_t from = slice * kChunkElements;
        chain->run(nullptr, from, std::min(kChunkElements, numel - from), reinterpret_cast<float*>(impl->my_scratch()));
      }}};
    }
    for (int k : group.chain)
      for (size_t i = 0; i < l.nodes[k].in.size() + l.nodes[k].out.size(); ++i) work += static_cast<double>(group.numel) / 8;
    step.parallel = work > kWorthSharing;
    bool alias = group.anchor >= 0 && l.nodes[group.anchor].op && l.nodes[group.anchor].op->flags.alias;  // makes no number of its own
    if (group.anchor >= 0 && !group.virtual_output && !alias)
      for (int v : l.nodes[group.anchor].out) step.results.push_back(view(v));
    for (int k : group.chain) for (int v : l.nodes[k].out) if (address(v)) step.results.push_back(view(v));
    step.note = note(group, step);
    return step;
  }

  std::string note(const lowered::Group& group, const Step& step) const {
    std::string s = fmt::format("{:24} {:20}", step.scope, step.op);
    for (int k : group.chain) if (group.anchor >= 0 || k != group.chain.back()) s += " + " + std::string(l.nodes[k].op->name);
    int slices = 0;
    for (const Phase& p : step.kernel) slices = std::max(slices, p.slices);
    const lowered::Value& out = l.values[group.anchor >= 0 ? l.nodes[group.anchor].out[0] : l.nodes[group.chain.back()].out[0]];
    return s + fmt::format("  {} {}{}", out.type.shape.str(), slices, step.parallel ? " shared slices" : " slices");
  }
};

bool all_finite(const View& v) {
  if (v.dtype != DType::f32 || !v.data) return true;
  const float* x = v.f32();
  int64_t n = stored_numel(v.shape, v.layout);
  for (int64_t i = 0; i < n; ++i) if (!std::isfinite(x[i])) return false;
  return true;
}

}  // namespace

bool Plan::Impl::finite(const Step& s) const { return std::all_of(s.results.begin(), s.results.end(), all_finite); }

void Plan::Impl::run() {
  found.reset();
  broken.store(false, std::memory_order_relaxed);
  if (check)
    for (const auto& [name, v] : inputs)
      if (!all_finite(views[static_cast<size_t>(v)])) found = std::make_unique<NotFinite>(NotFinite{fmt::format("the input \"{}\"", name), ""});
  for (const Step& s : steps) {
    for (const Phase& p : s.kernel) {
      if (s.parallel) pool->run(p.slices, p.run);
      else for (int i = 0; i < p.slices; ++i) p.run(i);
    }
    if (check && !found && !finite(s)) found = std::make_unique<NotFinite>(NotFinite{s.op, s.scope});
  }
  for (const auto& [state, next] : copies) std::memcpy(state.data, next.data, stored_numel(state.shape, state.layout) * size_of(state.dtype));
}

Plan::Plan(const Graph& graph, Store& store, Pool& pool, PlanOptions options) : impl_(std::make_unique<Impl>()) {
  impl_->pool = &pool, impl_->check = options.check_numbers;
  Lowered l = lowered::lower(graph, options.keep, options.look);
  std::vector<const ValueInfo*> states;
  for (const ValueInfo& v : graph.values()) if (v.kind == ValueKind::state) states.push_back(&v);
  store.reserve(states);
  for (const ValueInfo* v : states) store.bind(*v, options.seed);
  lowered::fuse(l, options.check_numbers);
  Binder binder{impl_.get(), graph, store, std::move(l), {}, 0, 0, nullptr};
  lowered::place(binder.l);
  binder.add_workspaces();
  lowered::lay_out(binder.l);
  bool guest = options.room && options.room->impl_->arena.size() >= binder.l.arena_bytes;
  if (!guest) impl_->arena = Arena(binder.l.arena_bytes);
  binder.arena = guest ? options.room->impl_->arena.data() : impl_->arena.data();
  for (size_t g = 0; g < binder.l.groups.size(); ++g) impl_->steps.push_back(binder.bind_group(g));
  // A kernel's scratch comes first, its epilogue's registers behind it.
  impl_->scratch_bytes = binder.kernel_scratch + (binder.chain_scratch + 63) / 64 * 64 + 256;
  for (auto& b : impl_->behind) b->skip = binder.kernel_scratch;
  impl_->scratch = Arena(impl_->scratch_bytes * pool.threads());
  for (size_t v = 0; v < graph.values().size(); ++v) {
    impl_->views.push_back(binder.view(static_cast<int>(v)));
    if (graph.values()[v].kind == ValueKind::input) impl_->inputs[graph.values()[v].name] = static_cast<int>(v);
  }
  for (const Assignment& a : binder.l.copies) impl_->copies.emplace_back(binder.view(a.state), binder.view(a.next));
}

Plan::~Plan() = default;
Plan::Plan(Plan&&) noexcept = default;
Plan& Plan::operator=(Plan&&) noexcept = default;

View Plan::view(Value v) const { return impl_->views[v.id]; }

View Plan::input(std::string_view name) const {
  auto it = impl_->inputs.find(std::string(name));
  return it == impl_->inputs.end() ? View{} : impl_->views[it->second];
}

void Plan::run() { impl_->run(); }
bool Plan::finite() const { return !impl_->broken.load(std::memory_order_relaxed); }
int64_t Plan::arena_bytes() const { return impl_->arena.size() + impl_->scratch.size(); }
const NotFinite* Plan::not_finite() const { return impl_->found.get(); }

std::string Plan::describe() const {
  std::string s;
  for (const Step& step : impl_->steps) s += step.note + "\n";
  return s;
}

}  // namespace synfire

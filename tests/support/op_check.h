// What the tests of every op share: a sample's numbers, and a run of its fast kernel on buffers with guard words on both sides.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "synfire/base/pool.h"
#include "synfire/base/random.h"
#include "synfire/graph/interpreter.h"
#include "synfire/tensor/panels.h"

namespace synfire::testing {

using Numbers = std::vector<double>;

// Bytes between guard words, which differ from buffer to buffer so that a copy of one over another shows; what is inside is NaN
// until it is written.
class GuardedBytes {
 public:
  static constexpr int64_t kGuard = 256;
  explicit GuardedBytes(int64_t size) : size_(size), mark_(++marks()), all_(static_cast<size_t>(size + 2 * kGuard + 64)) {
    for (size_t i = 0; i < all_.size(); ++i) all_[i] = guard(i);
    std::memset(data(), 0xFF, static_cast<size_t>(size));
  }
  std::byte* data() { return reinterpret_cast<std::byte*>((reinterpret_cast<uintptr_t>(all_.data()) + 63) / 64 * 64) + kGuard; }
  int64_t size() const { return size_; }
  bool intact() {
    auto first = static_cast<size_t>(data() - all_.data()), end = first + static_cast<size_t>(size_);
    for (size_t i = 0; i < all_.size(); i = i + 1 == first ? end : i + 1) if (all_[i] != guard(i)) return false;
    return true;
  }

 private:
  static uint32_t& marks() { static uint32_t n = 0; return n; }
  std::byte guard(size_t i) const { return static_cast<std::byte>((mark_ * 2654435761u + static_cast<uint32_t>(i) * 40503u) >> 11); }
  int64_t size_;
  uint32_t mark_;
  std::vector<std::byte> all_;
};

// Numbers for each input of a sample: floats in its range (input 0 with distinct ones where it asks for that), integers from 0.
inline std::vector<Numbers> numbers_of(const Sample& s, uint64_t seed = 1) {
  std::vector<Numbers> all;
  for (size_t i = 0; i < s.in.size(); ++i) {
    Random r{seed, stream_of("sample"), i};
    Numbers n(static_cast<size_t>(s.in[i].shape.numel()));
    bool whole = s.in[i].dtype != DType::f32;
    for (size_t k = 0; k < n.size(); ++k) {
      double u = r.uniform(k);
      n[k] = whole ? std::floor(u * std::max(1.0, s.high) * 0.999) : s.zeros > 0 && r.uniform(n.size() + k) < s.zeros ? 0 : static_cast<float>(s.low + (s.high - s.low) * u);
    }
    if (!whole && s.spacing > 0 && i == 0) {  // ranks of random numbers, spread evenly: distinct, in random order
      std::vector<size_t> order(n.size());
      std::iota(order.begin(), order.end(), 0);
      std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return n[a] != n[b] ? n[a] < n[b] : a < b; });
      EXPECT_GE((s.high - s.low) / static_cast<double>(n.size()), s.spacing) << "the range of the sample is too small for its spacing";
      for (size_t k = 0; k < n.size(); ++k) n[order[k]] = static_cast<float>(s.low + (s.high - s.low) * (static_cast<double>(k) + 0.5) / static_cast<double>(n.size()));
    }
    all.push_back(std::move(n));
  }
  return all;
}

template <class T>
void put(void* to, const Numbers& n) { for (size_t i = 0; i < n.size(); ++i) static_cast<T*>(to)[i] = static_cast<T>(n[i]); }
template <class T>
Numbers got(const void* from, int64_t n) { return Numbers(static_cast<const T*>(from), static_cast<const T*>(from) + n); }

inline void set_numbers(const View& v, const Numbers& n) {
  switch (v.dtype) {
    case DType::f32: {
      std::vector<float> rows(n.begin(), n.end());
      if (v.layout == Layout::panels) to_panels(rows.data(), v.shape[0], v.shape.from(1), v.shape.from(1), 1, v.f32());
      else std::copy(rows.begin(), rows.end(), v.f32());
      break;
    }
    case DType::f64: put<double>(v.data, n); break;
    case DType::i32: put<int32_t>(v.data, n); break;
    case DType::i64: put<int64_t>(v.data, n); break;
    case DType::u8: put<uint8_t>(v.data, n); break;
  }
}

inline Numbers numbers_in(const View& v) {
  int64_t n = v.shape.numel();
  switch (v.dtype) {
    case DType::f64: return got<double>(v.data, n);
    case DType::i32: return got<int32_t>(v.data, n);
    case DType::i64: return got<int64_t>(v.data, n);
    case DType::u8: return got<uint8_t>(v.data, n);
    default: break;
  }
  if (v.layout == Layout::rows) return got<float>(v.data, n);
  std::vector<float> rows(static_cast<size_t>(n));
  from_panels(v.f32(), v.shape[0], v.shape.from(1), rows.data());
  return {rows.begin(), rows.end()};
}

// The op alone in a graph, its inputs filled.
struct Alone {
  Graph g;
  Values in, out;
  Alone(const OpDef& op, const Sample& s) {
    for (size_t i = 0; i < s.in.size(); ++i) in.push_back(g.input("in" + std::to_string(i), s.in[i].dtype, s.in[i].shape));
    out = g.ops(op.name, in, s.attrs);
  }
  // Outputs of the reference kernel in float or double.
  std::vector<Numbers> reference(DType precision, const std::vector<Numbers>& numbers) const {
    Interpreter oracle(g, precision);
    for (size_t i = 0; i < in.size(); ++i) oracle.fill(in[i], numbers[i].data());
    oracle.run();
    oracle.check_guards();
    std::vector<Numbers> r;
    for (Value v : out) r.push_back(oracle.numbers(v));
    return r;
  }
};

struct Variant {           // how a kernel is bound
  uint32_t panels = 0;     // bit i: input i in panels
  bool panel_output = false, epilogue = false, virtual_output = false;
  std::string str() const {
    return "panels " + std::to_string(panels) + (panel_output ? ", output in panels" : "") + (epilogue ? ", epilogue" : "") + (virtual_output ? ", no output" : "");
  }
};

// Every way in which the planner may bind the op on this sample.
inline std::vector<Variant> variants_of(const OpDef& op, const Sample& s, const Types& out) {
  std::vector<Variant> all;
  for (uint32_t panels = 0; panels < (1u << s.in.size()); ++panels) {
    bool possible = (panels & ~op.flags.panel_inputs) == 0;
    for (size_t i = 0; i < s.in.size(); ++i) if (panels >> i & 1) possible &= s.in[i].shape.rank() >= 2;
    if (!possible) continue;
    for (bool panel_output : {false, true}) {
      if (panel_output && !(op.flags.panel_output && out[0].shape.rank() >= 2)) continue;
      all.push_back({panels, panel_output, false, false});
      if (op.flags.epilogue) all.push_back({panels, panel_output, true, false});
      if (op.flags.epilogue && op.flags.virtual_output) all.push_back({panels, panel_output, true, true});
    }
  }
  return all;
}

// A bound kernel and all of its memory, guarded.
class Bound {
 public:
  Bound(const OpDef& op, const Sample& s, const Types& out, const Variant& variant, const std::vector<Numbers>& numbers, int threads)
      : attrs_(s.attrs), variant_(variant) {
    Binding b{{}, {}, attrs_, {}, nullptr, {}};
    for (size_t i = 0; i < s.in.size(); ++i) {
      b.in.push_back(place(s.in[i], variant.panels >> i & 1));
      set_numbers(b.in.back(), numbers[i]);
    }
    inputs_ = buffers_.size();
    for (size_t i = 0; i < inputs_; ++i) before_.emplace_back(buffers_[i]->data(), buffers_[i]->data() + buffers_[i]->size());
    for (size_t o = 0; o < out.size(); ++o) out_.push_back(place(out[o], o == 0 && variant.panel_output));
    b.out = out_;
    if (variant.virtual_output) b.out[0].data = nullptr;
    if (variant.epilogue) {
      seen_.assign(static_cast<size_t>(stored_numel(out_[0].shape, out_[0].layout)), 0), values_.assign(seen_.size(), NAN);
      b.epilogue = {[](const void* c, float* data, int64_t offset, int64_t count) {
        auto* self = static_cast<Bound*>(const_cast<void*>(c));
        for (int64_t i = 0; i < count; ++i) ++self->seen_[static_cast<size_t>(offset + i)], self->values_[static_cast<size_t>(offset + i)] = data[i];
      }, this};
    }
    Workspace w = op.exact_workspace ? op.exact_workspace(b, variant.virtual_output) : op.workspace ? op.workspace(s.in, s.attrs) : Workspace{};
    b.shared = add(w.shared);
    for (int t = 0; t < threads; ++t) scratch_.push_back(add(w.scratch));
    b.scratch = [this] { return scratch_[static_cast<size_t>(Pool::worker())]; };
    kernel_ = op.bind(b);
  }
  int slices() const {
    int most = 0;
    for (const Phase& p : kernel_) most = std::max(most, p.slices);
    return most;
  }
  void run(Pool& pool) { for (const Phase& p : kernel_) pool.run(p.slices, p.run); }

  void expect_sound() {
    for (auto& b : buffers_) EXPECT_TRUE(b->intact()) << "wrote beside a buffer";
    for (size_t i = 0; i < inputs_; ++i) EXPECT_EQ(std::memcmp(before_[i].data(), buffers_[i]->data(), before_[i].size()), 0) << "changed input " << i;
    for (int times : seen_) if (times != 1) { ADD_FAILURE() << "the epilogue saw an element " << times << " times"; break; }
    if (variant_.epilogue && !variant_.virtual_output) {
      EXPECT_EQ(std::memcmp(values_.data(), out_[0].data, values_.size() * sizeof(float)), 0) << "the epilogue saw other numbers than those stored";
    }
  }
  Numbers output(size_t o) const {
    View v = out_[o];
    if (o == 0 && variant_.virtual_output) v.data = const_cast<float*>(values_.data());
    return numbers_in(v);
  }
  // All bytes that the kernel has made.
  std::vector<std::byte> bytes() const {
    std::vector<std::byte> all;
    for (size_t o = variant_.virtual_output; o < out_.size(); ++o) {
      auto* from = static_cast<const std::byte*>(out_[o].data);
      all.insert(all.end(), from, from + stored_numel(out_[o].shape, out_[o].layout) * size_of(out_[o].dtype));
    }
    auto* seen = reinterpret_cast<const std::byte*>(values_.data());
    all.insert(all.end(), seen, seen + values_.size() * sizeof(float));
    return all;
  }

 private:
  std::byte* add(int64_t bytes) { return buffers_.emplace_back(std::make_unique<GuardedBytes>(bytes))->data(); }
  View place(const Type& t, bool panels) {
    Layout layout = panels ? Layout::panels : Layout::rows;
    return {add(stored_numel(t.shape, layout) * size_of(t.dtype)), t.dtype, t.shape, layout};
  }
  Attrs attrs_;
  Variant variant_;
  std::vector<std::unique_ptr<GuardedBytes>> buffers_;  // inputs first
  size_t inputs_ = 0;
  std::vector<std::vector<std::byte>> before_;
  std::vector<View> out_;
  std::vector<std::byte*> scratch_;
  std::vector<int> seen_;
  std::vector<float> values_;
  Kernel kernel_;
};

inline Types types_out(const OpDef& op, const Sample& s) { return op.infer(s.in, s.attrs); }

}  // namespace synfire::testing

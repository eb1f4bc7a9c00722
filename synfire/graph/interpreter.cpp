// Running reference kernels, node by node.
#include "synfire/graph/interpreter.h"

#include <cstring>

#include "synfire/base/format.h"

namespace synfire {

static constexpr size_t kGuard = 64;
static constexpr std::byte kGuardByte{0xA5};

Interpreter::Interpreter(const Graph& graph, DType precision) : graph_(graph), precision_(precision) {}

Interpreter::Buffer& Interpreter::buffer(int id) {
  auto [it, fresh] = buffers_.try_emplace(id);
  Buffer& b = it->second;
  if (!fresh) return b;
  const Type& t = graph_.values()[id].type;
  DType dtype = t.dtype == DType::f32 ? precision_ : t.dtype;
  size_t size = static_cast<size_t>(t.shape.numel() * size_of(dtype));
  b.bytes.assign(size + 2 * kGuard, kGuardByte);
  std::memset(b.bytes.data() + kGuard, 0, size);
  b.view = {b.bytes.data() + kGuard, dtype, t.shape};
  return b;
}

View Interpreter::view(Value v) { return buffer(v.id).view; }

template <class T>
static void copy_in(View v, const double* numbers) {
  for (int64_t i = 0, n = v.shape.numel(); i < n; ++i) static_cast<T*>(v.data)[i] = static_cast<T>(numbers[i]);
}

template <class T>
static void copy_out(View v, std::vector<double>& numbers) {
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<double>(static_cast<T*>(v.data)[i]);
}


void Interpreter::fill(Value v, const double* numbers) {
  View w = view(v);
  switch (w.dtype) {
    case DType::f32: copy_in<float>(w, numbers); break;
    case DType::f64: copy_in<double>(w, numbers); break;
    case DType::i32: copy_in<int32_t>(w, numbers); break;
    case DType::i64: copy_in<int64_t>(w, numbers); break;
    case DType::u8: copy_in<uint8_t>(w, numbers); break;
  }
}

std::vector<double> Interpreter::numbers(Value v) {
  View w = view(v);
  std::vector<double> r(static_cast<size_t>(w.shape.numel()));
  switch (w.dtype) {
    case DType::f32: copy_out<float>(w, r); break;
    case DType::f64: copy_out<double>(w, r); break;
    case DType::i32: copy_out<int32_t>(w, r); break;
    case DType::i64: copy_out<int64_t>(w, r); break;
    case DType::u8: copy_out<uint8_t>(w, r); break;
  }
  return r;
}

void Interpreter::run() {
  for (const GraphNode& n : graph_.nodes()) {
    std::vector<View> in, out;
    for (int i : n.in) in.push_back(buffer(i).view);
    for (int o : n.out) out.push_back(buffer(o).view);
    if (precision_ == DType::f64) n.op->reference_f64({in, out, n.attrs});
    else n.op->reference_f32({in, out, n.attrs});
  }
  std::vector<std::vector<double>> next;  // all are read before any is written
  for (const Assignment& a : graph_.assignments()) next.push_back(numbers(graph_.value(a.next)));
  for (size_t i = 0; i < next.size(); ++i) fill(graph_.value(graph_.assignments()[i].state), next[i].data());
}

void Interpreter::check_guards() const {
  for (const auto& [id, b] : buffers_) {
    for (size_t i = 0; i < kGuard; ++i) {
      if (b.bytes[i] == kGuardByte && b.bytes[b.bytes.size() - 1 - i] == kGuardByte) continue;
      int node = graph_.values()[id].node;
      fail(Code::internal, fmt::format("a reference kernel wrote beside the output of {}",
                                  node < 0 ? "an input" : std::string(graph_.nodes()[node].op->name)));
    }
  }
}

}  // namespace synfire

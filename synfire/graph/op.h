// OpDef: everything that any part of the system may ask about one operation.
#pragma once
#include <functional>
#include <span>

#include "synfire/base/registry.h"
#include "synfire/tensor/epilogue.h"
#include "synfire/tensor/view.h"

namespace synfire {

class Graph;
struct OpDef;

struct Type {
  DType dtype = DType::f32;
  Shape shape;
  bool operator==(const Type&) const = default;
};
using Types = std::vector<Type>;

// The output of a node (or an input, a parameter, a state of the graph). Cheap, passed by value; default-made: no value.
struct Value {
  Graph* graph = nullptr;
  int id = -1;
  explicit operator bool() const { return graph != nullptr; }
  const Shape& shape() const;
  DType dtype() const;
  bool operator==(const Value&) const = default;
};
using Values = std::vector<Value>;

// What a reference kernel sees: row-major views; R is float or double and stands for every f32 value of the graph.
template <class R>
struct Reference {
  std::span<const View> in;
  std::span<const View> out;
  const Attrs& attrs;
  const R* input(int i) const { return static_cast<const R*>(in[i].data); }
  template <class T> const T* input_as(int i) const { return static_cast<const T*>(in[i].data); }
  R* output(int i = 0) const { return static_cast<R*>(out[i].data); }
};

// What a fast kernel is bound to, once: addresses, settings, and the work that follows on finished rows of output 0.
struct Binding {
  std::vector<View> in, out;  // out[0].data is null where only the epilogue wants the numbers (Flags::virtual_output)
  const Attrs& attrs;
  Epilogue epilogue;
  std::byte* shared = nullptr;                     // Workspace::shared bytes, kept from phase to phase
  std::function<std::byte*()> scratch;             // Workspace::scratch bytes of the calling worker
};

// A bound kernel: phases run one after the other, the slices of a phase in any order on any thread.
struct Phase {
  int slices = 1;
  std::function<void(int slice)> run;
};
using Kernel = std::vector<Phase>;

struct Workspace { int64_t shared = 0, scratch = 0; };  // bytes

// Elementwise work on n <= kBlock neighbouring elements: in[i] and out[i] are of n floats, but single numbers where
// OpDef::scalar_inputs says so; out may be the same memory as an in.
inline constexpr int kBlock = 512;
using Block = void (*)(const float* const* in, float* const* out, int n, const void* params);

struct Flags {
  uint32_t panel_inputs = 0;      // bit i: the fast kernel reads input i in panels (or in rows)
  bool panel_output = false;      // the fast kernel can write output 0 in panels
  bool epilogue = false;          // the fast kernel calls the epilogue
  bool virtual_output = false;    // … and needs no place for output 0 then
  bool alias = false;             // output 0 is input 0 under another shape: nothing runs
};

struct Gradient {                 // what a gradient rule sees
  const Values& in;
  const Values& out;
  const Values& dout;             // no value where nothing depends on that output
  const Attrs& attrs;
};

struct Sample {                   // inputs on which tests, fuzzing and benches try the op
  Types in;
  Attrs attrs;
  double low = -1, high = 1;      // range of the random inputs (integers: [0, high))
  double spacing = 0;             // > 0: the values of input 0 are distinct, at least this far apart (for kinks and ties)
  double zeros = 0;               // part of the numbers that are exactly zero
  bool differentiable = true;     // false: the gradient rule gives another one than the forward pass has, as surrogates do
};

struct OpDef : Entry {
  Types (*infer)(const Types& in, const Attrs&) = nullptr;        // the shape rule is the validation: throws Failure(shape)
  void (*reference_f32)(const Reference<float>&) = nullptr;
  void (*reference_f64)(const Reference<double>&) = nullptr;
  Kernel (*bind)(const Binding&) = nullptr;                       // fast float kernel; null: the reference runs
  Workspace (*workspace)(const Types& in, const Attrs&) = nullptr;
  // The same where layouts are known: views say all but addresses; virtual_output: output 0 has no place.
  Workspace (*exact_workspace)(const Binding&, bool virtual_output) = nullptr;
  Values (*grad)(Graph&, const Gradient&) = nullptr;              // one value an input; no value stops the gradient there
  Values (*expand)(Graph&, const Values& in, const Attrs&) = nullptr;  // the same in simpler ops; gives the gradient where grad is null
  double (*flops)(const Types& in, const Attrs&) = nullptr;
  std::vector<Sample> samples;
  Flags flags;
  // Elementwise ops only:
  Block block = nullptr;
  std::vector<std::byte> (*pack_params)(const Attrs&) = nullptr;  // what block's params points to
  uint32_t scalar_inputs = 0;                                     // bit i: input i is one number for all elements
  double tolerance = 1e-5;        // fast float kernel against the float reference, relative to the largest magnitude
};

SYNFIRE_REGISTRY_DECLARE(OpDef)

}  // namespace synfire

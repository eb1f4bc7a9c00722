// Layers: how a [[layer]] of a model file becomes ops and parameters.
//
//   struct DenseLayer {
//     struct P { int units = required; bool bias = true; Choice activation{"linear", {}}; };
//     static constexpr/inline Field<P> fields[] = {…};
//     static Value build(Builder& b, Value x, const P& p);            // or (Builder&, const Values& in, const P&) to join several
//   };
//   SYNFIRE_LAYER(DenseLayer, "dense", "…");
//
// Shapes: [B, F] for vectors, [B, H, W, C] for images. A layer that cannot take its input calls refuse(what, hint).
#pragma once
#include <map>
#include <set>

#include "synfire/def/activation.h"

namespace synfire {

class Builder {
 public:
  Builder(Graph& graph, bool training) : graph(graph), training(training) {}

  // Named "<layer>.<name>". fan_in and fan_out are what initialisers scale by; matrices live in panels (see Layout).
  Value param(std::string_view name, const Shape& shape, const Choice& init, int64_t fan_in, int64_t fan_out, External external = {});
  Value vector_param(std::string_view name, int64_t n, const Choice& init, int64_t fan_in = 1);
  Value state(std::string_view name, const Shape& shape, const Choice& init);
  Value op(std::string_view name, Values in, Attrs attrs = {}) { return graph.op(name, std::move(in), std::move(attrs)); }
  Value activation(const Choice& c, Value x) { return apply_activation(graph, c, x); }
  Value flattened(Value x);          // [B, …] -> [B, N]
  Value clock();                     // i64 [1]: the number of the training step, for random masks; fed by the trainer
  uint32_t stream(std::string_view what) const;  // random stream of this layer

  Graph& graph;
  bool training;                     // batch statistics, dropout … or the settled forms
  std::string layer;                 // name of the layer under construction
  uint64_t seed = 0;

  // Time: values that change over time have T B rows, time outermost; those that do not have B. Layers without state take either.
  int64_t batch = 0, steps = 1;
  double dt = 1;                     // ms
  bool changes(Value x) const { return x.shape()[0] != batch; }  // over time
  Value over_time(Value x);          // the same at every step, where x does not change
  Value last_step(Value x);          // [T B, …] -> [B, …]
  std::map<int, Value> membranes;    // of spikes (a value's id), where the layer that fired them kept its membrane
  std::set<int> spikes;              // values that are mostly zeros, as far as one can tell: of neurons that fire, of encoders
  bool sparse(Value x) const { return spikes.count(x.id) > 0; }
  bool keep_membranes = false;
};

struct LayerDef : Entry {
  int min_inputs = 1, max_inputs = 1;
  bool sequence = false;             // takes what changes over time and nothing else
  Value (*build)(Builder&, const Values& in, const Attrs&) = nullptr;
};
SYNFIRE_REGISTRY_DECLARE(LayerDef)

template <class T>
bool add_layer(std::string_view name, std::string_view doc, std::string_view file) {
  LayerDef d;
  d.role = "layer", d.name = name, d.doc = doc, d.file = file, d.params = infos_of<T>();
  if constexpr (requires { T::sequence; }) d.sequence = T::sequence;
  using P = typename ParamsOf<T>::type;
  d.build = [](Builder& b, const Values& in, const Attrs& attrs) {
    P p = params_of<T>(attrs);
    if constexpr (requires { T::build(b, in, p); }) return T::build(b, in, p);
    else return T::build(b, in[0], p);
  };
  if constexpr (requires(Builder& b, const Values& in, const P& p) { T::build(b, in, p); }) d.min_inputs = 2, d.max_inputs = 64;
  return Registry<LayerDef>::add(d);
}

// What may be the kind of a layer: a layer, a neuron or an activation.
const Entry* layer_entry(std::string_view kind);       // null when there is none
std::vector<const Entry*> layer_entries();

#define SYNFIRE_LAYER(T, name, doc) static const bool registered_layer_##T = ::synfire::add_layer<T>(name, doc, __FILE__)

}  // namespace synfire

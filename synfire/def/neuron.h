// Neurons: what keeps state from step to step. A file of catalog/neurons/ is one step of one neuron:
//
//   struct Lif {
//     struct P { float tau = 20, threshold = 1, … };  static constexpr Field<P> fields[] = {…};
//     static constexpr std::string_view state[] = {"v"};                        // the first one is the membrane
//     template <class R, class T>
//     static R step(R (&s)[1], R input, const P& p, T& t) {
//       R v = t.before(s[0], p.threshold, p.reset);                             // where a reset waits for the next step
//       R h = v + t.dt / p.tau * (p.rest - v + input);
//       return t.fire(s[0], h, p.threshold, p.reset);                           // the spike; the membrane after it
//     }
//   };
//   SYNFIRE_NEURON(Lif, "lif", "…");
//
// R is float when it runs, a dual number when it learns (its derivative is what back-propagation through time needs), double in the oracle.
// From the step come the fused scan over all time steps, its gradient, a layer kind, and the tests of both. A neuron that never calls
// t.fire says `static constexpr bool fires = false` and returns what it puts out. What all that fire have in common (surrogate, reset,
// comparison, refractory time, recurrence) is in Firing and is read, checked and applied here.
#pragma once
#include "synfire/def/layer.h"
#include "synfire/def/scan.h"

namespace synfire {

struct NeuronDef : Entry {
  std::vector<std::string_view> state;
  bool fires = true;
  std::string_view op;
};
SYNFIRE_REGISTRY_DECLARE(NeuronDef)

// The parameters that every neuron that fires has: surrogate, reset, reset_at, compare, detach_reset, refractory, recurrent.
const std::vector<ParamInfo>& firing_params();
// One layer of neurons: x [T B, N] or, where it is the same at every step, [B, N].
Value build_neurons(Builder& b, Value x, const NeuronDef& def, const Attrs& attrs);

template <class T>
__attribute__((cold)) bool add_neuron(std::string_view name, std::string_view doc, std::string_view file) {
  NeuronDef d;
  d.role = "neuron", d.name = name, d.doc = doc, d.file = file, d.params = infos_of<T>();
  d.fires = fires<T>(), d.op = kept(fmt::format("{}_scan", name));
  d.state.assign(std::begin(T::state), std::end(T::state));
  if (d.fires) d.params.insert(d.params.end(), firing_params().begin(), firing_params().end());
  add_scan<T>(d.op, kept(fmt::format("All time steps of {} neurons.", name)), file);
  return Registry<NeuronDef>::add(d);
}

#define SYNFIRE_NEURON(T, name, doc) static const bool registered_neuron_##T = ::synfire::add_neuron<T>(name, doc, __FILE__)

}  // namespace synfire

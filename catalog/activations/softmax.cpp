// softmax(x) = e^x / sum e^x over the last dimension: numbers as probabilities. Bridle 1990. Not elementwise, so an op of its own.
#include "synfire/def/activation.h"

namespace synfire {
namespace {

ActivationDef softmax_activation() {
  ActivationDef d;
  d.role = "activation", d.name = "softmax", d.doc = "Positive numbers that add up to 1; losses for classes apply it themselves.", d.file = __FILE__;
  d.apply = [](Graph& g, Value x, const Attrs&) { return g.op("softmax", {x}); };
  return d;
}
const bool registered_softmax = Registry<ActivationDef>::add(softmax_activation());

}  // namespace
}  // namespace synfire

// No activation: x as it is.
#include "synfire/def/activation.h"

namespace synfire {
namespace {

ActivationDef linear_activation() {
  ActivationDef d;
  d.role = "activation", d.name = "linear", d.doc = "x as it is.", d.file = __FILE__;
  d.apply = [](Graph&, Value x, const Attrs&) { return x; };
  return d;
}
const bool registered_linear = Registry<ActivationDef>::add(linear_activation());

}  // namespace
}  // namespace synfire

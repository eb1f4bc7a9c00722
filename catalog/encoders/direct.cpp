// Direct: the sample is a constant current, the same at every step. Rueckauer et al. 2017.
#include "synfire/def/encoder.h"

namespace synfire {

struct DirectEncoder {};
SYNFIRE_ENCODER(DirectEncoder, "direct", "The sample itself at every step; layers before the first neuron are computed once.");

}  // namespace synfire

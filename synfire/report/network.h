// The network of a run for the report: its layers with shapes and costs, and the weights that look at the data first, as pictures.
#pragma once
#include "synfire/train/model.h"

namespace synfire {

// {"layers": [{"name", "kind", "from", "input", "output", "parameters", "macs", "settings"}], "parameters", "macs", "bytes", "filters":
// {"layer", "count", "height", "width", "channels", "largest": [|w| of each], "weights": i8 [count][height][width][channels]}}.
// Shapes are without the batch. No "filters" where they are not asked for or the first weights do not lie on an image.
Node network_card(Model& model, bool with_filters);

}  // namespace synfire

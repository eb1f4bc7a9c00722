// unroll(): the layers of a model file with blocks put in place, repeats copied and every `from` resolved: a flat list.
#pragma once
#include "synfire/base/tree.h"

namespace synfire {

inline constexpr std::string_view kInput = "input";  // what `from` calls the data, and inside a block what the block is given

struct FlatLayer {
  std::string name, kind;         // kind is a layer or an activation of the catalogue
  Node table;                     // its keys, parameters of blocks put in
  std::vector<std::string> from;  // names of earlier layers, or "input"
  Where where;
};

// Mistakes go to problems; what is wrong is left out or stands in with what could be read of it.
std::vector<FlatLayer> unroll(const Node& tree, Problems& problems);

std::vector<std::string> block_names(const Node& tree);

}  // namespace synfire

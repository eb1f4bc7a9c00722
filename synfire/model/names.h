// Names of layers: given by the user, or made from the kind and a count (conv1, conv2, dense1). They are the keys of
// checkpoints, overrides and reports, so they are made in one place.
#pragma once
#include "synfire/base/tree.h"

namespace synfire {

inline constexpr int kMaxRepeat = 10000;

std::string base_name(std::string_view kind);  // "conv2d" -> "conv", "max_pool2d" -> "max_pool", "relu" -> "relu"

// For each table of a list of layers, the names of its copies (one, but for repeat = N). A layer without a usable kind or
// repeat gets names all the same, so that one mistake is told once. All layers of a kind are counted, named ones too.
std::vector<std::vector<std::string>> layer_names(const Node& layers);

}  // namespace synfire

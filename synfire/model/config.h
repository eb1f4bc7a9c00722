// A model file as the verbs use it: read, with the overrides of the command line put in; and with every default filled in.
#pragma once
#include "synfire/base/tree.h"

namespace synfire {

struct ModelFile {
  std::string path;
  std::string text;   // as given
  Node tree;          // with the overrides
};

// Throws Failure(config). An override is "train.epochs=3", "layer.fc1.units=256", "data=digits"; leading dashes do no harm.
ModelFile read_model_file(const std::string& path, const std::vector<std::string>& overrides);

// Puts overrides into a tree. A thing that is only named (optimizer = "adam") becomes a table when a parameter of it is set.
// Throws Failure(config) with the nearest name when the path leads nowhere.
void apply_overrides(Node& tree, const std::vector<std::string>& overrides);

// The tree with every default of the catalogue filled in, marked Origin::fallback. What it prints as is a model file again.
Node with_defaults(const Node& tree);

}  // namespace synfire

// Datasets as a model file asks for them.
#pragma once
#include "synfire/data/split.h"
#include "synfire/model/toml.h"

namespace synfire::testing {

// `data` is what stands after "data = ". Throws as the verbs would.
inline Dataset load(const std::string& data, const std::string& folder = "") {
  Node tree = parse_toml("data = " + data, "m.toml");
  const Node& node = *tree.find("data");
  Problems problems;
  Choice choice = read_choice("dataset", "data", node, problems);
  read_fractions(node.find("split"), problems);
  problems.throw_if_any();
  return load_dataset(*Registry<DatasetDef>::find(choice.kind), choice.attrs, node, folder);
}

inline std::string failure(const std::string& data, const std::string& folder, Code code) {
  try {
    load(data, folder);
    return "nothing was wrong";
  } catch (const Failure& f) {
    return f.code() == code ? f.what() : std::string("another code: ") + f.what();
  }
}

}  // namespace synfire::testing

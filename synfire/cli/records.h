// Records: what the catalogue and the engine say of each thing that a model file can name, for list, explain and the docs.
#pragma once
#include <string>
#include <vector>

#include "synfire/base/registry.h"

namespace synfire::cli {

// All of the catalogue, the metrics, and the [train] table, in the order of roles and names.
std::vector<Entry> all_records();
std::string type_of(const ParamInfo& p);        // "whole number", "number or [height, width]", "list of …"
std::string default_of(const ParamInfo& p);     // "default 3", "required", or "" where there is none worth telling
std::string range_of(const ParamInfo& p);       // "0 to 10 ms", or "" without limits
std::string example_of(const Entry& e);         // how it stands in a model file, indented by two; "" where it does not
std::string file_of(const Entry& e);            // from the repository: "catalog/layers/dense.cpp"

// One JSON object: role, name, doc, file, example and params; what has no limit or no default is null.
std::string json_of(const Entry& e);

}  // namespace synfire::cli

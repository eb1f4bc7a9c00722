// Reading and writing of model files: TOML or JSON text to the same tree, with the place of every value, and back.
#pragma once
#include "synfire/base/tree.h"

namespace synfire {

Node parse_toml(std::string_view text, const std::string& file);  // throws Failure(config) with the place of a syntax error
// The same tree from JSON. null is refused, or with `nulls` (logs write it for what is no finite number) a node of kind none.
Node parse_json(std::string_view text, const std::string& file, bool nulls = false);
Node parse_toml_value(std::string_view text, const Where& where); // one value, as after a "="; kind none when it is no TOML value

// The whole file; *.json is JSON, everything else TOML. Throws Failure(config) when there is no such file or it is too large.
std::string read_text(const std::string& path);
Node parse_model_text(std::string_view text, const std::string& path);

// A tree as JSON on one line; numbers that JSON does not have (NaN, infinity) become null.
std::string write_json(const Node& node);

// A tree as a TOML file. With origins, each value is followed by a comment that says where it came from.
std::string write_toml(const Node& table, bool origins);

}  // namespace synfire

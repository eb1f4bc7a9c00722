// schema(): the language of model files as JSON Schema (draft 7), for editors that complete and underline, and for validators. All of it
// comes from the parameter tables of the catalogue.
#pragma once
#include "synfire/base/tree.h"

namespace synfire {

// What the schema refuses, the engine refuses, too; some mistakes (a name that no layer has, shapes) only the engine can see.
Node model_schema();

std::string indented(const std::string& json);  // JSON of one line spread over many, two spaces a level

}  // namespace synfire

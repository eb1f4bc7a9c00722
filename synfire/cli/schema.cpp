// schema: the language of model files as JSON Schema, for editors and validators.
#include "synfire/base/atomic_file.h"
#include "synfire/cli/command.h"
#include "synfire/model/schema.h"
#include "synfire/model/toml.h"

namespace synfire::cli {

int schema(const Command& c) {
  std::string line = write_json(model_schema()) + "\n";
  std::string text = c.json ? line : indented(line);
  if (c.output.empty()) print(text);
  else write_file(c.output, text);
  return 0;
}

}  // namespace synfire::cli

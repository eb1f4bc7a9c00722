// Samples that a program which uses the library holds in memory. A model file names them by this kind, to say how they are split and
// transformed; from the command line they cannot be had.
#include "synfire/def/dataset.h"

namespace synfire {

struct Memory {
  static Dataset load(const NoParams&, const LoadContext& c) {
    fail(Code::data, c.table.where, "these data were in the memory of a program, and cannot be read again", "a program gives them: Model::parse(text, data)");
  }
};
SYNFIRE_DATASET(Memory, kMemory, "Samples that a program has in memory; not for the command line.", "the program's own");

}  // namespace synfire

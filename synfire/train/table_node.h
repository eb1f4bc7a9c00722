// What a run keeps of its table, as a tree for run.json and back.
#pragma once
#include "synfire/base/tree.h"
#include "synfire/def/dataset.h"

namespace synfire {

Node node_of(const Table& table);
// False when it is none, or has not `features` features.
bool read_table(const Node& node, int64_t features, Table& table);

}  // namespace synfire

// Store: all that lasts of a model (parameters, optimizer slots, running statistics), shared by the plans that use it.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "synfire/base/arena.h"
#include "synfire/graph/graph.h"

namespace synfire {

struct StoredState {
  std::string name;
  Type type;
  bool parameter = false;
  View view;            // where it lives; view.layout says how
  External external;    // how files see it
  Choice initializer;
  int64_t fan_in = 0, fan_out = 0;
};

class Store {
 public:
  // The state that a graph's value names: found, or made and initialised from (seed, name). Throws Failure when the shapes differ.
  const StoredState& bind(const ValueInfo& info, uint64_t seed);
  // Makes one block of memory for those of the states that are not here yet.
  void reserve(const std::vector<const ValueInfo*>& infos);
  const StoredState* find(std::string_view name) const;
  const std::vector<std::unique_ptr<StoredState>>& states() const { return states_; }  // in the order of binding

  // Numbers in and out in the external order and shape (row-major): what safetensors and PyTorch see.
  Shape external_shape(const StoredState& s) const;
  void read(const StoredState& s, void* numbers) const;         // into external numel elements of the state's dtype
  void write(const StoredState& s, const void* numbers);
  int64_t bytes() const;

 private:
  std::vector<std::unique_ptr<StoredState>> states_;
  std::unordered_map<std::string, StoredState*> names_;
  std::vector<Arena> memory_;
  std::byte* free_ = nullptr;  // the unused rest of the last block
  int64_t left_ = 0;
};

}  // namespace synfire

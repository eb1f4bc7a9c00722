// Plan: a graph made ready to run: elementwise chains fused, every buffer laid out in one arena, every kernel bound. run()
// allocates nothing, looks nothing up by name and cannot fail.
#pragma once
#include <string>
#include <vector>

#include "synfire/base/pool.h"
#include "synfire/plan/store.h"

namespace synfire {

struct PlanOptions {
  Values keep;               // results that are read after a run (losses, outputs); inputs and states always can be
  bool check_numbers = false;  // runs op by op, unfused, and looks for NaN or infinity in what each wrote (slow: to find the culprit)
  uint64_t seed = 0;         // of the states' first numbers
  const class Plan* room = nullptr;  // lies in that plan's memory where it fits in: the two never run at the same time, and that plan stays
  Values look = {};          // as keep, in the layout that suits the plan: a view says which
};

struct NotFinite { std::string op, scope; };  // where check_numbers found the first one

class Plan {
 public:
  // Binds the graph's states in the store. The graph may go away afterwards; store and pool must stay.
  Plan(const Graph& graph, Store& store, Pool& pool, PlanOptions options);
  ~Plan();
  Plan(Plan&&) noexcept;
  Plan& operator=(Plan&&) noexcept;

  View view(Value v) const;          // inputs, states and kept results
  View input(std::string_view name) const;
  void run();
  bool finite() const;               // whether all numbers that the last run gave to parameters and optimizer slots are finite; costs next to nothing
  int64_t arena_bytes() const;       // all buffers of this plan, the states and what lies in another plan's memory not counted
  const NotFinite* not_finite() const;  // of the last run, when check_numbers was asked for
  std::string describe() const;      // one line a kernel: what is fused into what, in how many slices: for people

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace synfire

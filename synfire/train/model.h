// Model: a network with its numbers (parameters, statistics, optimizer slots in one store) and the plans that run it, one for
// each batch size and use. Plans are made when they are first asked for and share the store, never buffers.
#pragma once
#include <map>
#include <tuple>

#include "synfire/plan/plan.h"
#include "synfire/train/learning.h"

namespace synfire {

// A plan with its inputs and outputs at hand. Views of inputs that the network does not have are empty.
struct Executable {
  int64_t batch = 0;
  Mode mode = Mode::evaluate;
  Plan plan;
  View x = {}, target = {};  // f32 [batch, sample…]; i32 [batch] or f32 [batch, targets]
  View output = {};     // f32 [batch, classes or targets]; empty when training and not asked for
  const float* loss = nullptr;
  float *lr = nullptr, *step = nullptr;  // when training
  int64_t* clock = nullptr;              // the step for random masks, when there are any
  std::vector<View> layers = {};         // when measuring: what each layer puts out; empty for those that neither learn a matrix nor end with an activation
  std::vector<std::pair<const StoredState*, View>> gradients = {};  // when measuring: of each parameter, before clipping

  void run() { plan.run(); }
};

class Model {
 public:
  // keep_output: training plans keep what the network puts out, too. Throws Failure(shape or config) with the layer's place.
  Model(Net net, DataInfo data, TrainSettings settings, Pool& pool, bool keep_output = false);

  Executable& training(int64_t batch) { return get(Mode::train, batch, Use::plain); }
  Executable& evaluation(int64_t batch) { return get(Mode::evaluate, batch, Use::plain); }
  // The same training step, to the bit, that leaves behind what each layer put out and each gradient. A training plan that is made later
  // lies in its memory.
  Executable& measuring(int64_t batch) { return get(Mode::train, batch, Use::measure); }
  // A training step that runs op by op and stops to look at every number, to find where the first bad one comes from.
  Executable& checking(int64_t batch) { return get(Mode::train, batch, Use::check); }

  // One more plan for evaluation, of its own: for callers that run at the same time. Not to be called by two of them at once.
  Executable another(int64_t batch) { return make(Mode::evaluate, batch, Use::plain); }

  Store& store() { return store_; }
  const Net& net() const { return net_; }
  const DataInfo& data() const { return data_; }
  const TrainSettings& settings() const { return settings_; }
  const std::vector<LayerRow>& rows() const { return rows_; }  // of the first plan
  Pool& pool() { return pool_; }
  int64_t bytes() const;        // store and arenas of all plans made so far
  int64_t parameter_count() const;

 private:
  enum class Use { plain, check, measure };
  Executable& get(Mode mode, int64_t batch, Use use);
  Executable make(Mode mode, int64_t batch, Use use);

  Net net_;
  DataInfo data_;
  TrainSettings settings_;
  Pool& pool_;
  bool keep_output_;
  Store store_;
  std::vector<LayerRow> rows_;
  std::map<std::tuple<Mode, int64_t, Use>, Executable> executables_;
};

DataInfo info_of(const struct Source& source);

}  // namespace synfire

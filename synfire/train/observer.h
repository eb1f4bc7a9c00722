// Observer: who looks on while a trainer works, for the health of the network and for logs of other programs. It is told what
// happened and changes no number: the bits of a run are the same with and without one.
#pragma once
#include "synfire/train/metrics.h"
#include "synfire/train/model.h"

namespace synfire {

struct StepReport { int64_t step, steps, epoch, epochs; double loss, rate; };       // counted from 1
struct EpochReport { int64_t step, epoch, epochs; double seconds, rate; Metrics train, validation; bool best; };
struct RunShape { int64_t done, steps, per_epoch, batch; };                         // steps done before this session; of the whole run; samples of a whole batch

class Observer {
 public:
  virtual ~Observer() = default;
  virtual bool measures() const { return false; }   // whether it ever wants a step; asked before the first plan is made
  virtual void begin(const RunShape&) {}            // before the first step of a session: the numbers of the network are there
  // Whether step `step`, counted from 0, is to leave activations and gradients behind. Only asked of steps with a whole batch.
  virtual bool wants(int64_t) { return false; }
  virtual void before() {}                          // a step that it wants
  virtual void step(const StepReport&, const Executable* /*measured*/) {}  // measured: of a step that it wanted, else null
  virtual void epoch(const EpochReport&) {}
  virtual void saved() {}                           // a checkpoint is about to be written
};

}  // namespace synfire

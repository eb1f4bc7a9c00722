// Checkpoints: a folder with weights.safetensors (parameters and statistics under PyTorch's names), state.safetensors (optimizer
// slots, fitted transforms) and manifest.json (where the run is, and the SHA-256 of the other two). A checkpoint is old or new, never
// broken: the new one is written and synced beside the old one, then the two change places. The one before the last is kept too.
#pragma once
#include <map>
#include <optional>

#include "synfire/data/fitted.h"
#include "synfire/plan/store.h"

namespace synfire {

// Where a run is: all that it must know to go on, besides the numbers in the store.
struct Cursor {
  int64_t step = 0;                                   // steps done
  double epoch_loss = 0;                              // of the epoch under way: loss times samples, samples, rightly classified ones
  int64_t epoch_samples = 0, epoch_correct = 0;
  int64_t best_step = -1, worse_epochs = 0;           // -1: no validation yet
  double best_loss = 0, best_accuracy = 0;            // of validation
  double train_loss = 0, train_accuracy = -1;         // of the last whole epoch; -1: not measured
  double seconds = 0;                                 // of training, over all sessions
  int64_t per_epoch = 0;                              // steps an epoch: a run goes on only in epochs of the same length
  int64_t jsonl_bytes = 0, csv_bytes = 0;             // of the logs: what was written later is taken back on resume
};

// A checkpoint in memory: numbers in the order and shape that files have.
struct Snapshot {
  std::map<std::string, Tensor> weights, state;
  Cursor cursor;
};
// with_slots: the optimizer's numbers, too; without them a checkpoint can be used but not trained on.
Snapshot take_snapshot(const Store& store, const Fitted& fitted, const Cursor& cursor, bool with_slots);
bool all_finite(const Snapshot& snapshot);

// Throws Failure(io) and leaves the old checkpoint in place.
void save_checkpoint(const std::string& folder, const Snapshot& snapshot);

// The whole checkpoint of a name: `folder` itself, or else what an interrupted save left beside it; step: only one of that step will
// do. Nothing when there is none; Failure(data) when there are some and all are damaged.
std::optional<std::string> find_checkpoint(const std::string& folder, std::optional<int64_t> step = {});

// Reads a checkpoint into a store whose states are bound (make a plan first). with_slots: the optimizer's, too. Throws Failure(data)
// naming what is missing, does not fit or was changed.
Cursor load_checkpoint(const std::string& folder, Store& store, Fitted& fitted, bool with_slots);
// Weights alone, from a file with PyTorch's names and layouts: all that the store has, and no others.
void load_weights(const std::string& file, Store& store);

}  // namespace synfire

// TrainSettings: the [train] table of a model file. From its fields come the reader, --print-config and `explain train`.
#pragma once
#include "synfire/def/param.h"

namespace synfire {

struct TrainSettings {
  Choice loss{"", {}};               // "": cross_entropy when the data has classes, mse when it has numbers
  Choice optimizer{"adam", {}};
  Choice schedule{"constant", {}};
  int epochs = 10, batch = 64;
  int max_steps = 0;                 // 0: no limit
  int warmup = 0;                    // steps
  double l1 = 0, l2 = 0, clip_norm = 0, clip_value = 0;
  int seed = 0;
  int patience = 0;                  // epochs; 0: no early stopping
  int eval_batch = 256;
  int checkpoint_every = 0;          // steps; 0: at the end of each epoch and every checkpoint_seconds
  double checkpoint_seconds = 30;
  bool drop_last = false, save_initial = false, test_best = true, track_training = false;
  bool health = true, tensorboard = true;
  std::string init_from;

  static std::span<const Field<TrainSettings>> fields();
};

// The path of the setting that somebody means by "epochs", "batch-size" or "lr", who gave no path: "train.epochs", "train.batch",
// "train.optimizer.lr"; "" where it is none.
std::string setting_path(std::string_view name);

// What [train] says, checked, with defaults for what it does not say; mistakes go to problems. `tree` is the whole file.
TrainSettings read_settings(const Node& tree, Problems& problems);

}  // namespace synfire

// The table of training settings: name, unit, range and meaning of each, in one place.
#include "synfire/model/settings.h"

#include "synfire/base/format.h"

namespace synfire {

std::span<const Field<TrainSettings>> TrainSettings::fields() {
  using S = TrainSettings;
  static const Field<S> table[] = {
      {"loss", &S::loss, "loss", 0, 0, "what is made small; cross_entropy for classes and mse for numbers when not given"},
      {"optimizer", &S::optimizer, "optimizer", 0, 0, "how a gradient changes the parameters"},
      {"schedule", &S::schedule, "schedule", 0, 0, "what the learning rate is multiplied by over the run"},
      {"epochs", &S::epochs, "", 1, 1e9, "passes over the training data"},
      {"batch", &S::batch, "", 1, 1 << 24, "samples a step"},
      {"max_steps", &S::max_steps, "", 0, 2e9, "ends the run after so many steps; 0: no limit"},
      {"warmup", &S::warmup, "", 0, 2e9, "steps over which the learning rate rises from zero"},
      {"l1", &S::l1, "", 0, 1e6, "weight of the sum of |w| over matrices and kernels, added to the loss"},
      {"l2", &S::l2, "", 0, 1e6, "weight of half the sum of w squared over matrices and kernels, added to the loss"},
      {"clip_norm", &S::clip_norm, "", 0, 1e30, "gradients are scaled down to this norm, all together; 0: off"},
      {"clip_value", &S::clip_value, "", 0, 1e30, "each gradient is cut to this size; 0: off"},
      {"seed", &S::seed, "", 0, 2147483647.0, "of the first weights, the order of the data, dropout and augmentation"},
      {"patience", &S::patience, "", 0, 1e9, "stops after so many epochs without a better validation result; 0: off"},
      {"eval_batch", &S::eval_batch, "", 1, 1 << 24, "samples at a time when evaluating"},
      {"checkpoint_every", &S::checkpoint_every, "", 0, 2e9, "steps between checkpoints; 0: by time, and at the end of an epoch when the last is a second old"},
      {"checkpoint_seconds", &S::checkpoint_seconds, "s", 0, 1e9, "time between checkpoints; 0: only at the end of an epoch"},
      {"drop_last", &S::drop_last, "", 0, 0, "leaves out the last, smaller batch of an epoch"},
      {"save_initial", &S::save_initial, "", 0, 0, "keeps the first weights, too, in checkpoints/initial"},
      {"test_best", &S::test_best, "", 0, 0, "tests with the best weights of the run instead of the last ones"},
      {"track_training", &S::track_training, "", 0, 0, "measures accuracy on the training batches, too (slower)"},
      {"health", &S::health, "", 0, 0, "measures layers at some of the steps and says what is wrong with the training"},
      {"tensorboard", &S::tensorboard, "", 0, 0, "writes an event file for TensorBoard into the run folder"},
      {"init_from", &S::init_from, "", 0, 0, "a safetensors file whose weights the run starts from"}};
  return table;
}

std::string setting_path(std::string_view name) {
  std::string word(usual_key(name));
  for (const std::string& kind : entry_names("optimizer"))
    for (const ParamInfo& p : find_entry("optimizer", kind)->params) if (p.name == word) return "train.optimizer." + word;
  std::vector<std::string> names;
  for (const auto& f : TrainSettings::fields()) names.emplace_back(f.name);
  std::string near = nearest(word, names);
  return near.empty() ? "" : "train." + near;
}

TrainSettings read_settings(const Node& tree, Problems& problems) {
  static const Node empty = Node::table();
  const Node* train = tree.find("train");
  if (train && !train->is(Node::Kind::table)) {
    problems.add(Code::config, train->where, fmt::format("train should be a table, got {}", train->str()), "write [train] and the settings below it");
    train = nullptr;
  }
  const Node* loss = train ? train->find("loss") : nullptr;
  // An absent loss stays open until the data is known, so it is read apart: no entry is called "".
  std::vector<ParamInfo> params = infos_of(TrainSettings::fields());
  std::erase_if(params, [](const ParamInfo& p) { return p.name == "loss"; });
  TrainSettings s = params_of(TrainSettings::fields(), read_params(params, train ? *train : empty, problems, {"loss"}));
  if (loss) s.loss = read_choice("loss", "loss", *loss, problems);
  return s;
}

}  // namespace synfire

// Source: what the [data] table of a model file means, ready to be learned from: samples, their split, fitted transforms.
#pragma once
#include "synfire/data/loader.h"
#include "synfire/data/split.h"

namespace synfire {

struct Source {
  Dataset data;
  Split split;
  Fitted fitted;                    // on the training part
  std::vector<Choice> augment;
  bool shuffle = true;

  // Options of the loader that trains; one that evaluates takes the default order and no augmentation.
  LoaderOptions training(int64_t batch, bool drop_last, uint64_t seed) const { return {batch, shuffle, drop_last, seed, augment}; }
};

// `data` is the value of the key: a name or a table. Paths are relative to `folder`. Throws Failure with all that is wrong.
// like: the dataset of a run, whose classes and table these data are read by; null: they are made from the data.
Source open_source(const Node& data, const std::string& folder, const Dataset* like = nullptr, Pool* pool = nullptr);
// The same for samples that a program has in memory: `data` says how they are split, transformed and augmented.
Source open_source(const Node& data, Dataset samples);

}  // namespace synfire

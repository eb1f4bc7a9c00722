// Loader: batches of a dataset straight into a plan's inputs. Which rows a batch has and how they are augmented are pure
// functions of (seed, epoch, step), so there is nothing to save and nothing to resume: the cursor is the number of the step.
#pragma once
#include <span>

#include "synfire/base/pool.h"
#include "synfire/data/fitted.h"
#include "synfire/tensor/view.h"

namespace synfire {

struct LoaderOptions {
  int64_t batch = 64;
  bool shuffle = false, drop_last = false;
  uint64_t seed = 0;
  std::vector<Choice> augment = {};  // images only, in this order
};

class Loader {
 public:
  // Dataset must stay. Throws Failure(Code::config) for augmentations of what is no image, Failure(Code::data) when
  // drop_last leaves no batch.
  Loader(const Dataset& data, std::vector<int64_t> rows, const Fitted& fitted, LoaderOptions options);

  int64_t rows() const { return int64_t(rows_.size()); }
  int64_t steps() const;                                         // batches an epoch
  int64_t size(int64_t step) const;                              // samples in batch `step`, 0 … steps() - 1, of any epoch
  std::span<const int64_t> batch(int64_t epoch, int64_t step);   // rows of the dataset in it; good until another epoch is asked for

  // Writes batch `step` of `epoch`: x f32 [size, sample…], and target i32 [size] or f32 [size, targets]. Slices of it run on
  // the pool; the bits do not depend on its threads. Samples without targets get zeros there (they are to be
  // predicted); a target view without data is left alone.
  void fill(Pool& pool, int64_t epoch, int64_t step, const View& x, const View& target);

 private:
  void enter(int64_t epoch);  // makes the order of an epoch
  void spread_lines();
  void write_sample(int64_t epoch, int64_t row, float* to) const;
  void write_targets(std::span<const int64_t> rows, const View& target) const;

  const Dataset& data_;
  std::vector<int64_t> rows_, order_;
  std::vector<float> scale_, offset_;   // of a stored number: the dataset's unit is in them; one for all, or a row of an image, or all features
  std::vector<void (*)(Placement&, Chance&, const Attrs&)> moves_;  // of the augmentations, in their order
  LoaderOptions options_;
  int64_t epoch_ = -1;
};

}  // namespace synfire

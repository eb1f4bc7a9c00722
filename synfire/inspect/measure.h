// Measurement: how each layer fared in one training step. Definitions follow what the field calls gradient and activity health.
#pragma once
#include <string>

#include "synfire/inspect/numbers.h"
#include "synfire/train/model.h"

namespace synfire {

// kNoNumber where a layer has no such thing (no weights, an activation that cannot die).
struct LayerHealth {
  std::string name, kind;
  int64_t weights = 0;                       // how many numbers it learns in matrices and kernels; in vectors where it has no matrix
  double weight_norm = kNoNumber;            // of those, after the step
  double gradient_norm = kNoNumber;          // of the loss by those, before clipping
  double update_ratio = kNoNumber;           // norm of what the step changed by the norm of the weights
  double mean = kNoNumber, deviation = kNoNumber;  // of what the layer put out
  double dead = kNoNumber;                   // share of units (neurons, channels) that gave 0 for every sample of the window; of neurons that fire: at every step
  double saturated = kNoNumber;              // share of units at an end of their range in 95 % of the batch and more; of neurons that fire: fired in as many of the steps
  Histogram weight_counts, gradient_counts, activation_counts;  // on some steps only
  double gradient_rms() const { return weights ? gradient_norm / std::sqrt(double(weights)) : kNoNumber; }
};

struct Measurement {
  int64_t step = 0, epoch = 0;               // counted from 1
  int64_t window = 0;                        // samples that `dead` looks back on
  double loss = kNoNumber, rate = kNoNumber;  // loss: mean over the steps since the measurement before
  double input_mean = kNoNumber, input_deviation = kNoNumber, input_low = kNoNumber, input_high = kNoNumber;
  double top_predicted = kNoNumber, top_actual = kNoNumber;  // shares of the most frequent class in the batch
  std::vector<LayerHealth> layers;
};

// How an activation behaves at its ends, found by trying it, so that new ones need no list.
struct Ends {
  bool can_die = false;                      // 0 for all negative numbers: no gradient passes there
  bool saturates = false;
  float low = 0, high = 0;                   // beyond these it is as good as at its ends
};
Ends ends_of(const Choice& activation);
const Choice* activation_of(const LayerSpec& layer, Choice& own);  // what a layer ends with; null when with nothing

class Measurer {
 public:
  Measurer(Model& model, const Executable& measuring);
  void before();                                              // keeps the weights of before the step
  Measurement measure(const Executable& e, bool histograms);  // after it
  void forget();                                              // the window begins anew
 private:
  struct Parameter { const StoredState* state; const View* gradient; Pick sample; std::vector<float> before; };
  struct Layer { std::vector<Parameter> weights; Ends ends; std::vector<int64_t> quiet; };
  void look_at_weights(const Executable& e, Layer& l, LayerHealth& h, bool histograms);
  void look_at_units(Layer& l, LayerHealth& h, const float* x, int64_t rows, int64_t positions, int64_t units);
  void look_at_output(Layer& l, LayerHealth& h, const View& output, int64_t batch, bool histograms);

  Model& model_;
  std::vector<Layer> layers_;
  std::vector<float> weights_, gradients_;                    // samples of one layer, side by side
  std::vector<float> rows_;                                   // what a layer put out over time for some samples
  std::vector<int32_t> units_;
  int64_t window_ = 0;
};

}  // namespace synfire

// Net: what a model file says, checked and complete; trace() turns it into a graph for one batch size.
#pragma once
#include <memory>

#include "synfire/base/tree.h"
#include "synfire/def/layer.h"
#include "synfire/def/loss.h"
#include "synfire/model/settings.h"
#include "synfire/model/time.h"

namespace synfire {

struct DataInfo {              // what a network must know of its data
  Shape sample;                // one sample: [F] or [H, W, C]
  int64_t classes = 0;         // 0: the target is numbers
  int64_t targets = 1;         // numbers a sample, when classes == 0
  int64_t rows = 0;            // to train on; 0: not known
};

struct LayerSpec {
  std::string name, kind;      // kind: a layer or an activation of the catalogue
  Attrs attrs;
  std::vector<std::string> from;  // names of earlier layers, or "input": the data; empty: the layer before
  Where where;
};

struct Net {
  std::vector<LayerSpec> layers;  // blocks and repeats are unrolled
  Choice loss, optimizer, schedule;
  TimeSettings time = {};
};

struct LayerRow {              // a row of the table that describe prints
  std::string name, kind;
  std::vector<std::string> from;
  Shape input, output;         // of the first input; both with the batch in front
  int64_t parameters = 0;
  double macs = 0;             // multiply-accumulates a sample
};

enum class Mode { train, evaluate };  // train: batch statistics, dropout, loss; evaluate: settled forms, loss too

struct Traced {
  std::unique_ptr<Graph> graph;
  Value x, target, output, loss;      // f32 [B, sample…]; i32 [B] or f32 [B, targets]; output of the last layer; one number
  std::vector<LayerRow> rows;
  Values layers;                      // the output of each row
};

// Reads the layers and [train] of a model file (overrides applied). Without data only what can be told without it is
// checked: units = "classes" and an absent loss stay open, an absent list of layers stays empty. Mistakes go to problems.
Net read_net(const Node& tree, const DataInfo* data, Problems& problems);
Net read_net(const Node& tree, const DataInfo& data);    // throws Failure with all mistakes

// Throws Failure(Code::shape or config) with the layer's place, both shapes and a hint.
Traced trace(const Net& net, const DataInfo& data, int64_t batch, Mode mode, uint64_t seed);

}  // namespace synfire

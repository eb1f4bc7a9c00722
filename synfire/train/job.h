// Job: a model file made ready to work: its data read and split, its network checked against them, a model to run it.
#pragma once
#include "synfire/data/source.h"
#include "synfire/train/model.h"

namespace synfire {

struct Job {
  Node tree;                     // the model file with overrides and, where it names no layers, a network and a training that suit the data
  bool default_layers = false;   // the file names no layers
  Source source;
  std::unique_ptr<Pool> pool;
  std::unique_ptr<Model> model;
  DataInfo info() const { return info_of(source); }
};

// Everything that can be told without the data is checked first. Throws Failure with all mistakes. Paths in the file are
// relative to `folder`. like: see open_source.
Job open_job(const Node& tree, const std::string& folder, int threads, const Dataset* like = nullptr);
// The same with samples that a program has in memory; [data] may be absent, or says how they are split and transformed.
Job open_job(const Node& tree, const std::string& folder, int threads, Dataset samples);

// The tree with every default, and, where it names no layers, with the network that its data get: they are read for that.
Node resolved(const Node& tree, const std::string& folder);

std::string folder_of(const std::string& model_path);  // "" for the current folder

// Loads what `weights` means in a run folder: "best" (else the last), "last", "initial" or a safetensors file. Gives its place.
std::string load_run_weights(const std::string& run, const std::string& weights, Job& job);

}  // namespace synfire

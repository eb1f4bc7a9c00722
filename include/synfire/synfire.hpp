// Synfire for C++: a network that a text describes, trained, kept and asked. C++17, standard headers only; link with Synfire::synfire.
//
//   synfire::Model model = synfire::Model::read("model.toml");       // or Model::parse(R"(data = "digits" …)")
//   model.train({.runs = "runs"});
//   synfire::Model trained = synfire::Model::load("runs/latest");
//   std::vector<float> p = trained.predict(pixels);                  // from as many threads as you like
//
// What goes wrong is thrown as Failure.
//
// Threads: const members of a Model may be called from any number of threads at once, and each gets the bits that one alone would get.
// train, evaluate, load_weights, set_weight, moving and destroying need the Model for themselves, as with standard containers. Different
// Models have nothing in common and need no care. A Model keeps Options::threads - 1 threads of its own, which sleep between calls; a
// call that finds them busy computes alone. Callbacks are called on the thread that called train(). After fork() a child makes its own
// Model. The floating-point mode of the caller is as it was after each call, and no signal handler is touched.
#ifndef SYNFIRE_SYNFIRE_HPP
#define SYNFIRE_SYNFIRE_HPP

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <synfire/version.h>

namespace synfire {
#ifdef SYNFIRE_BUILDING  // inside the library, where other things have some of these names
namespace v0 {
#else
inline namespace v0 {
#endif

// What kind of mistake; usage, config and shape are the caller's, data and io the world's.
enum class Code { usage, config, shape, data, io, diverged, interrupted, internal };

struct Where {  // a place in a file; line and column count from 1, 0 means unknown
  std::string file;
  int line = 0, column = 0;
};

struct Error {
  Code code = Code::internal;
  Where where;
  std::string message;
  std::string hint;         // what to do about it; may be empty
  std::string str() const;  // "model.toml:7:3: message. Hint: …"
};

// The one exception that this library throws: all mistakes that were found, at least one.
class Failure : public std::exception {
 public:
  explicit Failure(std::vector<Error> errors);
  Failure(const Failure&);
  Failure& operator=(const Failure&);
  ~Failure() override;
  const std::vector<Error>& errors() const noexcept;
  Code code() const noexcept { return errors().front().code; }
  const char* what() const noexcept override;  // one mistake a line

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

using Metrics = std::map<std::string, double>;  // "loss", "accuracy", "f1" …; of numbers "loss", "mae", "rmse", "r2"

enum class Part : std::uint8_t { train, validation, test };

// Samples that the program has in memory. Give labels, or else targets.
struct Data {
  std::vector<std::int64_t> sample;        // shape of one: {features}, or {height, width, channels}
  std::vector<float> x;                    // one sample after the other, row-major, channels last
  std::vector<std::int32_t> labels;        // the class of each sample, counted from 0
  std::vector<float> targets;              // or numbers to predict, targets_each a sample
  std::int64_t targets_each = 1;
  std::vector<std::string> class_names;    // may all stay empty
  std::vector<std::string> feature_names, target_names;
  std::vector<Part> parts;                 // what each sample is for; empty: split as [data] split says
};

struct Options {
  int threads = 0;                         // 0: all processors that this process may use. Results do not depend on it
  std::vector<std::string> set;            // values of the description by their path: {"train.epochs=3", "layer.dense1.units=32"}
  std::string folder;                      // that paths in a text are relative to
};

struct Step {
  std::int64_t step, steps, epoch, epochs;  // counted from 1
  double loss, rate;                        // of the batch; the learning rate
};

struct Epoch {
  std::int64_t step, epoch, epochs;
  double seconds, rate;
  Metrics train, validation;
  bool best;                                // in validation, so far
};

struct TrainOptions {
  std::string runs;                         // folder that gets a run folder, as from `synfire train`; empty: nothing stays on the disk
  std::string name = "model";               // of the run folder: <runs>/<name>-001
  std::string resume;                       // a run folder of this network and these data: goes on exactly where it stopped
  std::function<bool(const Step&)> on_step;    // after each step; false ends the training
  std::function<bool(const Epoch&)> on_epoch;  // after each epoch
};

struct Result {
  std::int64_t epochs = 0, steps = 0;
  double seconds = 0;
  bool stopped = false;                     // a callback said so, or patience ran out
  Metrics train, validation, test;          // of the weights that the model has now: the best in validation, unless test_best = false
  std::string run;                          // the run folder, if there is one
};

struct Tensor {                             // a weight with the name, order and layout that PyTorch gives it
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;                // row-major
};

struct Layer {
  std::string name, kind;
  std::vector<std::int64_t> output;         // shape for one sample
  std::int64_t parameters;
  double macs;                              // multiply-accumulates a sample
};

struct Column {                             // of a table that a network learned from
  std::string name;
  std::vector<std::string> levels;          // of a category: the texts that training met; empty: a number
};

class Model {
 public:
  // A description with its data, checked as a whole, first weights drawn. *.json is JSON, all else TOML.
  static Model read(const std::string& path, const Options& options = {});
  static Model parse(const std::string& text, const Options& options = {});
  static Model parse(const std::string& text, Data data, const Options& options = {});  // needs no data = … in the text
  // A run folder, or what save() wrote: the best weights, else the last. It predicts; it has no data to train on.
  static Model load(const std::string& path, const Options& options = {});

  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  // Trains from the weights that the model has. What a callback throws comes out here.
  Result train(const TrainOptions& options = {});
  Metrics evaluate(Part part = Part::test);

  // x: samples one after the other, numbers as the training data have them (a pixel 0 … 255); transforms are applied here. Of a network that
  // learned from a table a sample is its columns() in their order, a number as it is, a category as one number for each of its levels:
  // 1 for the one it is, 0 for the others; features() names them all ("island=Dream"). Gives for each sample the probability of each
  // class, or the predicted numbers, outputs() in all. NaN and infinities are a Failure (data).
  std::vector<float> predict(const std::vector<float>& x) const;
  void predict(const float* x, std::int64_t samples, float* out) const;  // out: [samples][outputs()]
  std::vector<std::int32_t> classify(const std::vector<float>& x) const;  // the likeliest class of each sample
  // Rows of a table as texts, a cell for each of columns(), in their order: {"5.1", "Dream", ""}. "" and what else stands for a missing
  // value there gets what training put in its place. A text that is no number, or a level that training has not met: Failure (data).
  std::vector<float> predict_rows(const std::vector<std::vector<std::string>>& rows) const;
  // A file as `synfire predict` takes it: CSV (columns found by name), NPY, NPZ, IDX, a PNG or JPEG picture or a folder of them, by name.
  std::vector<float> predict_file(const std::string& path) const;

  void save(const std::string& folder) const;        // all that load() and `synfire predict` need; whole or not at all
  void save_weights(const std::string& path) const;  // a safetensors file with PyTorch's names
  void load_weights(const std::string& path);        // a safetensors file, a run folder or what save() wrote
  std::vector<Tensor> weights() const;
  void set_weight(const Tensor& weight);             // by its name; shapes must agree

  std::vector<std::int64_t> sample() const;          // shape of one sample
  std::int64_t inputs() const;                       // numbers in a sample
  std::int64_t outputs() const;                      // numbers that come out for one
  const std::vector<std::string>& classes() const;   // names; empty when numbers are predicted
  std::vector<Column> columns() const;               // what predict_rows() takes; a number for each input where there was no table; none of pictures
  const std::vector<std::string>& features() const;  // names of the numbers in a sample; empty where nobody named them
  std::int64_t parameters() const;
  std::vector<Layer> layers() const;
  std::string description() const;                   // as TOML, with all defaults

 private:
  struct Impl;
  explicit Model(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The version of the library that was loaded, and the processor level it was built for ("x86-64-v3").
std::string version();
std::string level();

}  // namespace v0
}  // namespace synfire

#endif

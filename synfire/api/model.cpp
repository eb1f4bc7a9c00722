// The public Model: made from a description, with the data that it names or with the caller's; loaded, saved, looked into.
#include <sched.h>

#include <algorithm>
#include <filesystem>

#include "synfire/api/impl.h"
#include "synfire/base/atomic_file.h"
#include "synfire/base/format.h"
#include "synfire/interop/safetensors.h"
#include "synfire/model/config.h"
#include "synfire/model/toml.h"
#include "synfire/train/run_job.h"

namespace synfire::v0 {
namespace {

namespace fs = std::filesystem;

int threads_of(const Options& o) {
  if (o.threads < 0 || o.threads > 1024) engine::fail(engine::Code::usage, fmt::format("{} threads are asked for", o.threads), "0 takes all processors");
  if (o.threads > 0) return o.threads;
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
}

engine::Shape shape_of(const std::vector<int64_t>& dims) {
  if (dims.empty() || dims.size() > engine::Shape::kMaxRank) engine::fail(engine::Code::shape, fmt::format("a shape of {} dimensions", dims.size()));
  engine::Shape s;
  for (int64_t d : dims) {
    if (d < 1) engine::fail(engine::Code::shape, fmt::format("a dimension of {}", d));
    s.push_back(d);
  }
  return s;
}

std::vector<int64_t> dims_of(const engine::Shape& s, int first = 0) { return {s.begin() + first, s.end()}; }

std::vector<std::string> names_or_numbers(std::vector<std::string> names, int64_t count, const char* prefix) {
  for (int64_t i = int64_t(names.size()); i < count; ++i) names.push_back(fmt::format("{}{}", prefix, i));
  return names;
}

engine::Dataset dataset_of(Data d) {
  engine::Dataset s;
  s.name = engine::kMemory, s.sample = shape_of(d.sample);
  int64_t each = s.sample.numel(), rows = int64_t(d.x.size()) / each;
  if (rows * each != int64_t(d.x.size())) engine::fail(engine::Code::shape, fmt::format("Data::x has {} numbers, no whole samples of {}", d.x.size(), s.sample.str()));
  engine::Shape shape{rows};
  for (int64_t n : s.sample) shape.push_back(n);
  s.x = engine::Tensor::of<float>(engine::DType::f32, shape, d.x);
  if (d.labels.empty() == d.targets.empty()) engine::fail(engine::Code::usage, "Data has both labels and targets, or neither", "labels for classes, targets for numbers");
  s.task = d.labels.empty() ? engine::Task::numbers : engine::Task::classes;
  s.feature_names = std::move(d.feature_names);
  if (s.task == engine::Task::classes) {
    int32_t most = *std::max_element(d.labels.begin(), d.labels.end());
    s.class_names = names_or_numbers(std::move(d.class_names), std::clamp<int64_t>(int64_t{most} + 1, 0, 1 << 20), "");
    s.labels = std::move(d.labels);
  } else {
    s.target_names = names_or_numbers(std::move(d.target_names), std::clamp<int64_t>(d.targets_each, 1, 1 << 20), "target");
    s.targets = std::move(d.targets);
  }
  for (Part p : d.parts) s.parts.push_back(engine::Part(int(p)));
  return s;
}

engine::Node tree_of(const std::string& text, const Options& options) {
  engine::Node tree = engine::parse_toml(text, "description");
  engine::apply_overrides(tree, options.set);
  return tree;
}

}  // namespace

Model::Impl::Impl(engine::Job j, engine::RunOrigin o, std::string t, std::string e, bool data)
    : job(std::move(j)), origin(std::move(o)), text(std::move(t)), ending(std::move(e)), has_data(data), shelf(std::make_unique<PlanShelf>(*job.model)) {
  job.model->evaluation(1);  // draws the first weights
}

void Model::Impl::expect_data(const char* what) const {
  if (!has_data) engine::fail(engine::Code::usage, fmt::format("a model that was loaded has no data to {}", what), "make it with read() or parse(), then load_weights()");
}

Model::Model(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

Model Model::read(const std::string& path, const Options& options) {
  return guarded([&] {
    engine::ModelFile file = engine::read_model_file(path, options.set);
    std::string folder = engine::folder_of(path);
    engine::Job job = engine::open_job(file.tree, folder, threads_of(options));
    return Model(std::make_unique<Impl>(std::move(job), engine::RunOrigin{path, folder, options.set}, file.text, fs::path(path).extension().string(), true));
  });
}

Model Model::parse(const std::string& text, const Options& options) {
  return guarded([&] {
    engine::Job job = engine::open_job(tree_of(text, options), options.folder, threads_of(options));
    return Model(std::make_unique<Impl>(std::move(job), engine::RunOrigin{"", options.folder, options.set}, text, ".toml", true));
  });
}

Model Model::parse(const std::string& text, Data data, const Options& options) {
  return guarded([&] {
    engine::Job job = engine::open_job(tree_of(text, options), options.folder, threads_of(options), dataset_of(std::move(data)));
    return Model(std::make_unique<Impl>(std::move(job), engine::RunOrigin{"", options.folder, options.set}, text, ".toml", true));
  });
}

Model Model::load(const std::string& path, const Options& options) {
  return guarded([&] {
    if (!options.set.empty()) engine::fail(engine::Code::usage, "load() takes no settings: what was trained stands fast");
    engine::RunFolder folder = engine::RunFolder::open(path);
    engine::Job job = engine::open_trained(folder, "", threads_of(options));
    std::string text = engine::write_toml(job.tree, false);
    return Model(std::make_unique<Impl>(std::move(job), engine::RunOrigin{"", path, {}}, std::move(text), ".toml", false));
  });
}

void Model::save(const std::string& path) const {
  guarded([&] {
    std::error_code error;
    fs::create_directories(path + "/checkpoints", error);
    if (error) engine::fail(engine::Code::io, engine::Where{path}, fmt::format("cannot be made: {}", error.message()));
    const engine::Job& job = impl_->job;
    engine::save_checkpoint(path + "/checkpoints/best", engine::take_snapshot(job.model->store(), job.source.fitted, {}, false));
    engine::write_file(path + "/run.json", engine::write_json(engine::run_info(job, impl_->origin)) + "\n");
  });
}

void Model::save_weights(const std::string& path) const {
  guarded([&] { engine::write_safetensors(path, engine::take_snapshot(impl_->job.model->store(), impl_->job.source.fitted, {}, false).weights, {{"format", "pt"}}); });
}

void Model::load_weights(const std::string& path) {
  guarded([&] {
    if (std::error_code error; !fs::is_directory(path, error)) return engine::load_weights(path, impl_->job.model->store());
    engine::Fitted own = impl_->job.source.fitted;  // the transforms stay those of these data
    engine::load_run_weights(path, "", impl_->job);
    if (impl_->has_data) impl_->job.source.fitted = own;
  });
}

std::vector<Tensor> Model::weights() const {
  return guarded([&] {
    std::vector<Tensor> all;
    for (const auto& [name, t] : engine::take_snapshot(impl_->job.model->store(), impl_->job.source.fitted, {}, false).weights)
      if (t.dtype == engine::DType::f32) all.push_back({name, dims_of(t.shape), {t.as<float>(), t.as<float>() + t.numel()}});
    return all;
  });
}

void Model::set_weight(const Tensor& weight) {
  guarded([&] {
    engine::Store& store = impl_->job.model->store();
    const engine::StoredState* s = store.find(weight.name);
    if (!s || s->name.starts_with(engine::kSlotPrefix) || s->type.dtype != engine::DType::f32) {
      std::vector<std::string> names;
      for (const Tensor& t : weights()) names.push_back(t.name);
      std::string near = engine::nearest(weight.name, names);
      engine::fail(engine::Code::usage, fmt::format("the network has no weight \"{}\"", weight.name), near.empty() ? "weights() has their names" : fmt::format("did you mean \"{}\"?", near));
    }
    engine::Shape shape = store.external_shape(*s);
    if (dims_of(shape) != weight.shape || int64_t(weight.values.size()) != shape.numel())
      engine::fail(engine::Code::shape, fmt::format("\"{}\" has shape {}; it was given {} values in {} dimensions", weight.name, shape.str(), weight.values.size(), weight.shape.size()));
    store.write(*s, weight.values.data());
  });
}

std::vector<int64_t> Model::sample() const { return dims_of(impl_->job.source.data.sample); }
int64_t Model::inputs() const { return impl_->job.source.data.sample.numel(); }
int64_t Model::outputs() const { return impl_->outputs(); }
const std::vector<std::string>& Model::classes() const { return impl_->job.source.data.class_names; }
const std::vector<std::string>& Model::features() const { return impl_->job.source.data.feature_names; }
int64_t Model::parameters() const { return impl_->job.model->parameter_count(); }
std::string Model::description() const { return guarded([&] { return engine::write_toml(engine::with_defaults(impl_->job.tree), false); }); }

std::vector<Layer> Model::layers() const {
  std::vector<Layer> all;
  for (const engine::LayerRow& r : impl_->job.model->rows()) all.push_back({r.name, r.kind, dims_of(r.output, 1), r.parameters, r.macs});
  return all;
}

}  // namespace synfire::v0

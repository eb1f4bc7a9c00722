// Training for programs: the command line's trainer, with callbacks in place of a terminal.
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <optional>

#include "synfire/api/impl.h"
#include "synfire/base/format.h"
#include "synfire/data/audit.h"
#include "synfire/data/split.h"
#include "synfire/model/toml.h"

namespace synfire::v0 {
namespace {

namespace fs = std::filesystem;

// Where checkpoints lie while nobody wants to keep them.
struct PassingFolder {
  std::string path = (fs::temp_directory_path() / "synfire-XXXXXX").string();
  PassingFolder() {
    if (!::mkdtemp(path.data())) engine::fail(engine::Code::io, engine::Where{path}, fmt::format("cannot be made: {}", std::strerror(errno)), "TMPDIR says where");
  }
  ~PassingFolder() {
    std::error_code error;
    fs::remove_all(path, error);
  }
  PassingFolder(const PassingFolder&) = delete;
  PassingFolder& operator=(const PassingFolder&) = delete;
};

Metrics metrics_of(const engine::Metrics& m) { return {m.values.begin(), m.values.end()}; }

Step step_of(const engine::StepReport& r) { return {r.step, r.steps, r.epoch, r.epochs, r.loss, r.rate}; }
Epoch epoch_of(const engine::EpochReport& r) { return {r.step, r.epoch, r.epochs, r.seconds, r.rate, metrics_of(r.train), metrics_of(r.validation), r.best}; }

// Calls back; an exception ends the training and waits until the engine has put its things in order.
template <class Call, class Report>
auto told(const Call& call, Report report, std::atomic<bool>& stop, std::exception_ptr& thrown) {
  return [&call, report, &stop, &thrown](const auto& r) {
    if (!call || thrown) return;
    try {
      if (!call(report(r))) stop = true;
    } catch (...) {
      thrown = std::current_exception(), stop = true;
    }
  };
}

// A second training begins with fresh slots, as the first one did.
void clear_slots(engine::Model& model) {
  for (const auto& s : model.store().states())
    if (s->name.starts_with(engine::kSlotPrefix)) std::memset(s->view.data, 0, size_t(engine::stored_numel(s->type.shape, s->view.layout) * engine::size_of(s->type.dtype)));
}

}  // namespace

void Model::Impl::begin(engine::RunFolder& folder, engine::Trainer& trainer) {
  clear_slots(*job.model);
  folder.add("model" + ending, text);
  folder.add("split.csv", engine::split_csv(job.source.split));
  folder.add("data.json", engine::write_json(engine::data_node(job.source, engine::audit(job.source))) + "\n");
  folder.write_info(engine::run_info(job, origin));
  trainer.begin();
}

void Model::Impl::go_on(engine::RunFolder& folder, engine::Trainer& trainer) {
  engine::Node info = folder.read_info();
  const engine::Node *data = info.find("data"), *hash = data ? data->find("sha256") : nullptr;
  if (!hash || hash->text != job.source.data.hash) engine::fail(engine::Code::data, engine::Where{folder.path()}, "the run began with other data than these", "train() without resume begins a new one");
  trainer.resume(info.find("result") != nullptr);
  std::erase_if(info.fields, [](const auto& f) { return f.first == "result" || f.first == "config"; });
  info.set("config", *engine::run_info(job, origin).find("config"));
  folder.write_info(info);
}

Result Model::Impl::train(const TrainOptions& o, std::exception_ptr& thrown) {
  std::optional<PassingFolder> passing;
  bool kept = !o.runs.empty() || !o.resume.empty();
  if (!kept) passing.emplace();
  engine::RunFolder folder = !o.resume.empty() ? engine::RunFolder::open(o.resume) : engine::RunFolder::create(kept ? o.runs : passing->path, o.name);
  folder.lock();
  std::atomic<bool> stop{false};
  engine::Trainer trainer(*job.model, job.source, folder, {told(o.on_step, step_of, stop, thrown), told(o.on_epoch, epoch_of, stop, thrown)});
  o.resume.empty() ? begin(folder, trainer) : go_on(folder, trainer);
  engine::Outcome out = trainer.run(stop);
  if (!out.interrupted && kept) engine::conclude(job, folder, out);
  else if (!out.interrupted && !job.source.split.test.empty()) out.test = engine::evaluate(*job.model, job.source.data, job.source.split.test, job.source.fitted);
  return {out.epochs, out.steps, out.seconds, out.interrupted || out.stopped_early, metrics_of(out.train), metrics_of(out.validation), metrics_of(out.test), kept ? folder.path() : ""};
}

Result Model::train(const TrainOptions& options) {
  std::exception_ptr thrown;
  Result r = guarded([&] {
    impl_->expect_data("train on");
    return impl_->train(options, thrown);
  });
  if (thrown) std::rethrow_exception(thrown);
  return r;
}

Metrics Model::evaluate(Part part) {
  return guarded([&] {
    impl_->expect_data("evaluate on");
    const auto& rows = impl_->job.source.split[engine::Part(int(part))];
    if (rows.empty()) engine::fail(engine::Code::usage, fmt::format("the {} part of the data has no rows", engine::kPartNames[size_t(part)]), "[data] split says how large the parts are");
    return metrics_of(engine::evaluate(*impl_->job.model, impl_->job.source.data, rows, impl_->job.source.fitted));
  });
}

}  // namespace synfire::v0

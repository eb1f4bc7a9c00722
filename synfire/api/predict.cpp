// Asking a network: samples in, probabilities or numbers out, from any number of threads at once.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "synfire/api/impl.h"
#include "synfire/base/format.h"
#include "synfire/data/samples.h"
#include "synfire/train/metrics.h"

namespace synfire::v0 {
namespace {

constexpr int64_t kMostSamples = 256;  // at a time

// Batches are powers of two, so that few plans serve any number of samples.
int64_t batch_for(int64_t left) {
  int64_t batch = kMostSamples;
  while (batch > left) batch /= 2;
  return batch;
}

engine::Dataset samples_of(const engine::Dataset& like, const float* x, int64_t n) {
  engine::Dataset d;
  d.name = "samples", d.sample = like.sample, d.unit = like.unit, d.task = like.task;
  d.class_names = like.class_names, d.target_names = like.target_names;
  engine::Shape shape{n};
  for (int64_t v : like.sample) shape.push_back(v);
  d.x = engine::Tensor(engine::DType::f32, shape);
  std::copy_n(x, shape.numel(), d.x.as<float>());
  return d;
}

void expect_finite(const float* x, int64_t samples, int64_t each) {
  for (int64_t i = 0; i < samples * each; ++i)
    if (!std::isfinite(x[i])) engine::fail(engine::Code::data, fmt::format("sample {} has a number that is not finite, at {}", i / each, i % each), "predict_rows() fills what is missing in a table; elsewhere it must be filled first");
}

}  // namespace

std::unique_ptr<engine::Executable> PlanShelf::take(int64_t batch) {
  std::lock_guard lock(mutex_);
  auto& idle = idle_[batch];
  if (idle.empty()) return std::make_unique<engine::Executable>(model_.another(batch));
  auto plan = std::move(idle.back());
  idle.pop_back();
  return plan;
}

void PlanShelf::put(std::unique_ptr<engine::Executable> plan) {
  std::lock_guard lock(mutex_);
  idle_[plan->batch].push_back(std::move(plan));
}

// Rows first … first + n - 1 of some samples, n one of the sizes that plans have.
void Model::Impl::predict_batch(const engine::Dataset& samples, int64_t first, int64_t n, float* out) const {
  int64_t width = outputs();
  std::vector<int64_t> rows(static_cast<size_t>(n));
  std::iota(rows.begin(), rows.end(), first);
  PlanShelf::Lease lease(*shelf, n);
  engine::Executable& e = *lease;
  engine::Loader(samples, std::move(rows), job.source.fitted, {n, false, false, 0, {}}).fill(*job.pool, 0, 0, e.x, e.target);
  e.run();
  std::vector<double> p(size_t(width), 0);
  for (int64_t i = 0; i < n; ++i, out += width) {
    const float* y = e.output.f32() + i * width;
    if (job.source.data.task == engine::Task::classes) engine::probabilities(y, width, p.data()), std::copy(p.begin(), p.end(), out);
    else std::copy_n(y, width, out);
  }
}

void Model::Impl::predict(const float* x, int64_t samples, float* out) const {
  const engine::Dataset& like = job.source.data;
  int64_t each = like.sample.numel();
  if (samples < 0) engine::fail(engine::Code::usage, fmt::format("{} samples are to be predicted", samples));
  expect_finite(x, samples, each);
  for (int64_t done = 0, n; done < samples; done += n) {
    n = batch_for(samples - done);
    predict_batch(samples_of(like, x + done * each, n), 0, n, out + done * outputs());
  }
}

std::vector<float> Model::Impl::predict(const engine::Dataset& samples) const {
  std::vector<float> out(size_t(samples.rows() * outputs()));
  for (int64_t done = 0, n; done < samples.rows(); done += n) {
    n = batch_for(samples.rows() - done);
    predict_batch(samples, done, n, out.data() + done * outputs());
  }
  return out;
}

std::vector<float> Model::predict(const std::vector<float>& x) const {
  int64_t each = inputs(), samples = int64_t(x.size()) / each;
  if (samples * each != int64_t(x.size()))
    throw failure_of(Code::shape, fmt::format("{} numbers are no whole samples of {}", x.size(), each), "samples lie one after the other, row-major");
  std::vector<float> out(size_t(samples * outputs()));
  predict(x.data(), samples, out.data());
  return out;
}

void Model::predict(const float* x, int64_t samples, float* out) const { guarded([&] { impl_->predict(x, samples, out); }); }

std::vector<float> Model::predict_rows(const std::vector<std::vector<std::string>>& rows) const {
  if (impl_->job.source.data.is_image()) throw failure_of(Code::usage, "this network takes pictures, not rows of a table", "predict_file() takes their files, predict() their pixels");
  if (rows.empty()) return {};
  return guarded([&] { return impl_->predict(engine::read_rows(rows, impl_->job.source.data)); });
}

std::vector<float> Model::predict_file(const std::string& path) const {
  return guarded([&] {
    const engine::Dataset& like = impl_->job.source.data;
    return impl_->predict(engine::are_pictures({path}) ? engine::read_picture_samples({path}, like, impl_->job.pool.get()) : engine::read_samples(path, like));
  });
}

std::vector<Column> Model::columns() const {
  return guarded([&] {
    std::vector<Column> all;
    if (impl_->job.source.data.is_image()) return all;
    for (engine::TableColumn& c : engine::table_of(impl_->job.source.data).columns) all.push_back({std::move(c.name), std::move(c.levels)});
    return all;
  });
}

std::vector<int32_t> Model::classify(const std::vector<float>& x) const {
  if (classes().empty()) throw failure_of(Code::usage, "this network predicts numbers, not classes", "predict() gives them");
  std::vector<float> p = predict(x);
  std::vector<int32_t> best;
  for (auto at = p.begin(); at != p.end(); at += outputs()) best.push_back(int32_t(std::max_element(at, at + outputs()) - at));
  return best;
}

}  // namespace synfire::v0

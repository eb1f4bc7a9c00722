// Asking a network: samples in, probabilities or numbers out, from any number of threads at once.
#include <algorithm>
#include <cmath>

#include "synfire/api/impl.h"
#include "synfire/base/format.h"
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
    if (!std::isfinite(x[i])) engine::fail(engine::Code::data, fmt::format("sample {} has a number that is not finite, at {}", i / each, i % each), "fill what is missing first");
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

void Model::Impl::predict(const float* x, int64_t samples, float* out) const {
  const engine::Dataset& like = job.source.data;
  int64_t each = like.sample.numel(), width = outputs();
  if (samples < 0) engine::fail(engine::Code::usage, fmt::format("{} samples are to be predicted", samples));
  expect_finite(x, samples, each);
  std::vector<double> p(size_t(width), 0);
  for (int64_t done = 0; done < samples;) {
    int64_t n = batch_for(samples - done);
    engine::Dataset batch = samples_of(like, x + done * each, n);
    std::vector<int64_t> rows(size_t(n), 0);
    for (int64_t i = 0; i < n; ++i) rows[size_t(i)] = i;
    PlanShelf::Lease lease(*shelf, n);
    engine::Executable& e = *lease;
    engine::Loader(batch, std::move(rows), job.source.fitted, {n, false, false, 0, {}}).fill(*job.pool, 0, 0, e.x, e.target);
    e.run();
    for (int64_t i = 0; i < n; ++i, out += width) {
      const float* y = e.output.f32() + i * width;
      if (like.task == engine::Task::classes) engine::probabilities(y, width, p.data()), std::copy(p.begin(), p.end(), out);
      else std::copy_n(y, width, out);
    }
    done += n;
  }
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

std::vector<int32_t> Model::classify(const std::vector<float>& x) const {
  if (classes().empty()) throw failure_of(Code::usage, "this network predicts numbers, not classes", "predict() gives them");
  std::vector<float> p = predict(x);
  std::vector<int32_t> best;
  for (auto at = p.begin(); at != p.end(); at += outputs()) best.push_back(int32_t(std::max_element(at, at + outputs()) - at));
  return best;
}

}  // namespace synfire::v0

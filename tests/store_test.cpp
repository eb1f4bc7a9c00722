// The store: numbers in and out in the files' order, first numbers that depend on seed and name alone, one set for all plans.
#include "synfire/plan/store.h"

#include "tests/support/training.h"

namespace synfire {
namespace {

using testing::digest;
using testing::job_of;
using testing::perceptron;

std::vector<float> numbers_of(const Store& store, const StoredState& s) {
  std::vector<float> v(static_cast<size_t>(s.type.shape.numel()));
  store.read(s, v.data());
  return v;
}

TEST(Store, WhatIsWrittenIsReadInEveryLayout) {
  std::string model = perceptron("batch = 10\n", "", 37);
  if (testing::has_layer("conv2d"))
    model = "data = \"digits\"\n[[layer]]\nkind = \"conv2d\"\nfilters = 21\nkernel = 3\n[[layer]]\nkind = \"conv2d\"\nfilters = 21\nkernel = 3\ngroups = 3\n[[layer]]\nkind = \"flatten\"\n"
            "[[layer]]\nkind = \"dense\"\nunits = \"classes\"\n";
  Job job = job_of(model);
  Store& store = job.model->store();
  job.model->training(10);
  bool panels = false;
  for (const auto& s : store.states()) {
    std::vector<float> in(static_cast<size_t>(s->type.shape.numel()));
    for (size_t i = 0; i < in.size(); ++i) in[i] = float(i) + 0.5f;
    store.write(*s, in.data());
    EXPECT_EQ(numbers_of(store, *s), in) << s->name;
    EXPECT_EQ(store.external_shape(*s).numel(), s->type.shape.numel());
    panels |= s->view.layout == Layout::panels;
  }
  EXPECT_TRUE(panels) << "else the test proves little";
  EXPECT_EQ(store.find("dense1.weight")->parameter, true);
  EXPECT_EQ(store.find("nothing"), nullptr);
}

TEST(Store, FirstNumbersComeFromSeedAndName) {
  auto weights = [](const char* settings, int64_t batch) {
    Job job = job_of(perceptron(settings));
    job.model->training(batch);
    const Store& store = job.model->store();
    return numbers_of(store, *store.find("dense1.weight"));
  };
  EXPECT_EQ(weights("seed = 1\n", 10), weights("seed = 1\noptimizer = \"sgd\"\n", 33)) << "batch and slots do not matter";
  EXPECT_NE(weights("seed = 1\n", 10), weights("seed = 2\n", 10));
}

// Plans of several batch sizes, for training and not: what one changes, the others see; buffers are their own.
TEST(Plan, BatchSizesShareOneStore) {
  Job job = job_of(perceptron("batch = 64\noptimizer = {kind = \"sgd\", lr = 0.1, momentum = 0.0}\n"));
  Model& model = *job.model;
  Loader loader(job.source.data, job.source.split.train, job.source.fitted, {.batch = 64});
  auto loss = [&](Executable& e, int64_t step) {
    loader.fill(model.pool(), 0, step, e.x, e.target);
    e.run();
    return double(*e.loss);
  };
  Executable &train = model.training(64), &look = model.evaluation(64);
  int64_t bytes = model.store().bytes();
  *train.lr = 0, *train.step = 1;
  double still = loss(train, 0);
  EXPECT_NEAR(loss(look, 0), still, 1e-6) << "at a rate of zero training only looks";
  std::string before = digest(model.store());
  *train.lr = 0.1f;
  double first = loss(train, 0);
  EXPECT_NE(digest(model.store()), before);
  EXPECT_LT(loss(look, 0), first) << "the evaluating plan sees the new weights";
  // The mean over rows does not depend on how they are cut into batches.
  Loader ones(job.source.data, job.source.split.train, job.source.fitted, {.batch = 1});
  Executable& one = model.evaluation(1);
  double sum = 0;
  for (int64_t i = 0; i < 64; ++i) {
    ones.fill(model.pool(), 0, i, one.x, one.target);
    one.run();
    sum += *one.loss;
    for (int c = 0; c < 10; ++c) EXPECT_NEAR(one.output.f32()[c], look.output.f32()[i * 10 + c], 1e-4);
  }
  EXPECT_NEAR(sum / 64, loss(look, 0), 1e-5);
  EXPECT_EQ(model.store().bytes(), bytes);
  EXPECT_EQ(&model.training(64), &train) << "a plan is made once";
}

}  // namespace
}  // namespace synfire

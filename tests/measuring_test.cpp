// Measuring plans: the same training step to the bit, with activations and gradients left behind.
#include <cmath>

#include "tests/support/training.h"

namespace synfire {
namespace {

using testing::digest;
using testing::job_of;
using testing::perceptron;

std::vector<std::string> networks() {
  std::string conv = "kind = \"conv2d\"\nfilters = 24\nkernel = 3\n", tail = "[[layer]]\nkind = \"dense\"\nunits = \"classes\"\n";
  return {
      perceptron("batch = 64\noptimizer = \"adam\"\n"),
      perceptron("batch = 50\nclip_norm = 0.5\nl2 = 1e-4\noptimizer = {kind = \"sgd\", momentum = 0.9, lr = 0.05}\n", "", 300),
      "data = \"digits\"\n[[layer]]\n" + conv + "activation = \"relu\"\n[[layer]]\n" + conv + "[[layer]]\nkind = \"batch_norm\"\nactivation = \"relu\"\n[[layer]]\nkind = \"max_pool2d\"\nsize = 2\n"
      "[[layer]]\nkind = \"dropout\"\np = 0.3\n[[layer]]\nkind = \"dense\"\nunits = 50\nactivation = \"relu\"\n" + tail + "[train]\nbatch = 96\noptimizer = \"adamw\"\n",
      "data = \"digits\"\n[[layer]]\n" + conv + "activation = \"gelu\"\n[[layer]]\n" + conv + "[[layer]]\nkind = \"add\"\nfrom = [\"conv1\", \"conv2\"]\n[[layer]]\nkind = \"relu\"\n"
      "[[layer]]\nkind = \"global_avg_pool2d\"\n[[layer]]\nkind = \"layer_norm\"\n" + tail + "[train]\nbatch = 64\noptimizer = \"rmsprop\"\nclip_value = 0.01\n"};
}

void train(Job& job, int steps, int measured_every) {
  Model& m = *job.model;
  int64_t batch = m.settings().batch;
  if (measured_every) m.measuring(batch);
  Loader loader(job.source.data, job.source.split.train, job.source.fitted, job.source.training(batch, true, 1));
  for (int k = 0; k < steps; ++k) {
    Executable& e = measured_every && k % measured_every == 0 ? m.measuring(batch) : m.training(batch);
    loader.fill(m.pool(), k / loader.steps(), k % loader.steps(), e.x, e.target);
    *e.lr = 3e-3f, *e.step = float(k + 1);
    if (e.clock) *e.clock = k;
    e.run();
  }
}

TEST(Measuring, ChangesNoBit) {
  for (const std::string& model : networks())
    for (int threads : {1, 2}) {
      Job plain = job_of(model, threads), always = job_of(model, threads), some = job_of(model, threads);
      train(plain, 25, 0), train(always, 25, 1), train(some, 25, 3);
      EXPECT_EQ(digest(plain.model->store()), digest(always.model->store())) << model;
      EXPECT_EQ(digest(plain.model->store()), digest(some.model->store())) << model;
    }
}

}  // namespace
}  // namespace synfire

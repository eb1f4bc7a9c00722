// What a Measurer says of a step, against the same worked out plainly from the store and the plan's outputs.
#include "synfire/inspect/measure.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "synfire/base/random.h"
#include "tests/support/training.h"

namespace synfire {
namespace {

using testing::job_of;

double norm(const std::vector<float>& v) {
  double s = 0;
  for (float x : v) s += double(x) * x;
  return std::sqrt(s);
}

std::vector<float> numbers_of(const Store& store, const StoredState& s) {
  std::vector<float> v(size_t(s.type.shape.numel()));
  store.read(s, v.data());
  return v;
}

// A view's numbers in rows, whatever its layout; a matrix [N, K].
std::vector<float> rows_of(const View& v) {
  int64_t n = v.shape[0], k = v.shape.numel() / n;
  std::vector<float> all(size_t(n * k));
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < k; ++j) all[size_t(i * k + j)] = v.layout == Layout::panels ? v.f32()[(i / 16 * k + j) * 16 + i % 16] : v.f32()[i * k + j];
  return all;
}

struct Stepper {
  Job job;
  Executable& e;
  Loader loader;
  int64_t done = 0;
  explicit Stepper(const std::string& model)
      : job(job_of(model)), e(job.model->measuring(job.model->settings().batch)),
        loader(job.source.data, job.source.split.train, job.source.fitted, job.source.training(e.batch, true, 1)) {}
  void step(float rate = 1e-2f) {
    loader.fill(job.model->pool(), done / loader.steps(), done % loader.steps(), e.x, e.target);
    *e.lr = rate, *e.step = float(++done);
    if (e.clock) *e.clock = done;
    e.run();
  }
};

const std::string kModel =
    "data = \"digits\"\n[[layer]]\nkind = \"conv2d\"\nfilters = 10\nkernel = 3\nactivation = \"relu\"\n[[layer]]\nkind = \"batch_norm\"\n[[layer]]\nkind = \"dense\"\nunits = 37\nactivation = \"tanh\"\n"
    "[[layer]]\nkind = \"dense\"\nunits = 21\n[[layer]]\nkind = \"sigmoid\"\n[[layer]]\nkind = \"dense\"\nunits = \"classes\"\n[train]\nbatch = 48\n";

TEST(Measure, IsWhatPlainLoopsSay) {
  Stepper s(kModel);
  const Store& store = s.job.model->store();
  Measurer measurer(*s.job.model, s.e);
  for (int k = 0; k < 3; ++k) {
    std::map<std::string, std::vector<float>> before;
    for (const auto& [state, gradient] : s.e.gradients) before[state->name] = numbers_of(store, *state);
    measurer.before();
    s.step();
    Measurement m = measurer.measure(s.e, k == 2);
    ASSERT_EQ(m.layers.size(), 6u);
    for (size_t i = 0; i < m.layers.size(); ++i) {
      const LayerHealth& l = m.layers[i];
      const View& out = s.e.layers[i];
      EXPECT_EQ(out.data == nullptr, l.kind == "batch_norm") << l.name;
      if (!out.data) {
        EXPECT_TRUE(std::isnan(l.mean));
        EXPECT_GT(l.weight_norm, 0);
        continue;
      }
      double n = double(out.shape.numel()), mean = std::accumulate(out.f32(), out.f32() + out.shape.numel(), 0.0) / n, spread = 0;
      for (int64_t j = 0; j < out.shape.numel(); ++j) spread += std::pow(out.f32()[j] - mean, 2);
      EXPECT_NEAR(l.mean, mean, 1e-5 * (1 + std::abs(mean))) << l.name;
      EXPECT_NEAR(l.deviation, std::sqrt(spread / n), 1e-4 * std::sqrt(spread / n)) << l.name;
      const StoredState* weight = store.find(l.name + ".weight");
      ASSERT_EQ(weight != nullptr, l.weights > 0) << l.name;
      if (!weight || weight->type.shape.rank() < 2) continue;
      std::vector<float> now = numbers_of(store, *weight), change = now;
      for (size_t j = 0; j < now.size(); ++j) change[j] -= before[weight->name][j];
      EXPECT_NEAR(l.weight_norm, norm(now), 1e-5 * norm(now)) << l.name;
      EXPECT_NEAR(l.update_ratio, norm(change) / norm(now), 1e-4 * norm(change) / norm(now)) << l.name;
      EXPECT_GT(l.update_ratio, 1e-3) << l.name;
      for (const auto& [state, gradient] : s.e.gradients) {
        double all = norm(rows_of(gradient));
        EXPECT_TRUE(state != weight || std::abs(l.gradient_norm - all) <= 1e-5 * all) << l.name << " " << l.gradient_norm << " " << all;
      }
      if (k < 2) continue;
      EXPECT_EQ(std::accumulate(l.weight_counts.counts.begin(), l.weight_counts.counts.end(), int64_t{0}), weight->type.shape.numel());
      EXPECT_EQ(l.weight_counts.min, double(*std::min_element(now.begin(), now.end())));
      EXPECT_EQ(l.weight_counts.max, double(*std::max_element(now.begin(), now.end())));
    }
    EXPECT_FALSE(std::isnan(m.layers[0].dead)); EXPECT_TRUE(std::isnan(m.layers[0].saturated));
    EXPECT_TRUE(std::isnan(m.layers[1].dead)); EXPECT_TRUE(std::isnan(m.layers[1].saturated));
    EXPECT_TRUE(std::isnan(m.layers[2].dead)); EXPECT_FALSE(std::isnan(m.layers[2].saturated));
    EXPECT_FALSE(std::isnan(m.layers[4].saturated));
  }
}

// Units whose bias is set: some can only be dead, some only saturated.
TEST(Measure, CountsDeadAndSaturatedUnits) {
  Stepper s("data = \"digits\"\n[[layer]]\nkind = \"dense\"\nunits = 40\nactivation = \"relu\"\n[[layer]]\nkind = \"dense\"\nunits = 50\nactivation = \"tanh\"\n[[layer]]\nkind = \"dense\"\nunits = 30\n"
            "activation = \"sigmoid\"\n[[layer]]\nkind = \"dense\"\nunits = \"classes\"\n[train]\nbatch = 64\noptimizer = {kind = \"sgd\", lr = 0}\n");
  Store& store = s.job.model->store();
  auto set = [&](const char* name, int from, int count, float v) {
    const StoredState& b = *store.find(name);
    std::vector<float> n = numbers_of(store, b);
    std::fill_n(n.begin() + from, count, v);
    store.write(b, n.data());
  };
  set("dense1.bias", 0, 32, -100), set("dense2.bias", 0, 10, 100), set("dense2.bias", 20, 10, -100), set("dense3.bias", 4, 6, -100);
  Measurer measurer(*s.job.model, s.e);
  for (int k = 0; k < 4; ++k) {
    measurer.before();
    s.step(0);
    Measurement m = measurer.measure(s.e, false);
    EXPECT_EQ(m.window, 64 * (k + 1));
    if (k == 3) {  // they have come alive
      EXPECT_LE(m.layers[0].dead, 0.1);
      continue;
    }
    EXPECT_GE(m.layers[0].dead, 0.75);
    EXPECT_LE(m.layers[0].dead, 0.85);  // one or another of the rest may be dead by itself
    EXPECT_DOUBLE_EQ(m.layers[1].saturated, 0.4);
    EXPECT_DOUBLE_EQ(m.layers[2].saturated, 0.2);
    if (k == 2) set("dense1.bias", 0, 32, 100);
  }
}

TEST(Measure, EndsOfActivationsAreFoundByTryingThem) {
  auto ends = [](const char* kind) { return ends_of({kind, {}}); };
  EXPECT_TRUE(ends("relu").can_die); EXPECT_FALSE(ends("relu").saturates);
  for (const char* kind : {"leaky_relu", "elu", "gelu", "silu", "softplus", "linear", "softmax"}) EXPECT_FALSE(ends(kind).saturates) << kind;
  for (const char* kind : {"leaky_relu", "elu", "linear", "softplus", "softmax", "tanh", "sigmoid"}) EXPECT_FALSE(ends(kind).can_die) << kind;
  Ends tanh = ends("tanh"), sigmoid = ends("sigmoid");
  EXPECT_TRUE(tanh.saturates); EXPECT_NEAR(tanh.high, 0.97, 1e-6); EXPECT_NEAR(tanh.low, -0.97, 1e-6);
  EXPECT_TRUE(sigmoid.saturates); EXPECT_NEAR(sigmoid.high, 0.985, 1e-6); EXPECT_NEAR(sigmoid.low, 0.015, 1e-6);
}

TEST(Measure, MomentsAndHistogramsOfAnyLength) {
  Random random{5, 0, 0};
  for (int64_t n : {0, 1, 15, 16, 17, 1000, 1024, 5000}) {
    std::vector<float> x;
    for (int64_t i = 0; i < n; ++i) x.push_back(float(random.normal(uint64_t(i)) * 3 + 2));
    Moments m = moments(x.data(), n);
    Histogram h = histogram(x.data(), m);
    ASSERT_EQ(m.n, n);
    if (n == 0) { EXPECT_TRUE(std::isnan(m.mean())); EXPECT_TRUE(h.counts.empty()); continue; }
    double sum = std::accumulate(x.begin(), x.end(), 0.0);
    EXPECT_NEAR(m.sum, sum, 1e-4 * double(n)); EXPECT_NEAR(m.norm(), norm(x), 1e-4 * norm(x));
    EXPECT_EQ(float(m.low), *std::min_element(x.begin(), x.end())); EXPECT_EQ(float(m.high), *std::max_element(x.begin(), x.end()));
    EXPECT_EQ(std::accumulate(h.counts.begin(), h.counts.end(), int64_t{0}), n);
  }
  float same[20], bad[3] = {1, std::numeric_limits<float>::infinity(), std::nanf("")};
  std::fill_n(same, 20, 4.f);
  Histogram h = histogram(same, moments(same, 20));
  EXPECT_EQ(h.counts[0], 20); EXPECT_EQ(h.min, 4); EXPECT_EQ(h.max, 4);
  EXPECT_FALSE(moments(bad, 3).finite());
  EXPECT_TRUE(histogram(bad, moments(bad, 3)).counts.empty());
}

// Of large weights a sample is looked at: the same elements in both layouts, none of the padding, and a norm near that of all.
TEST(Measure, SamplesOfLargeWeights) {
  Stepper s("data = \"digits\"\n[[layer]]\nkind = \"dense\"\nunits = 1003\nactivation = \"relu\"\n[[layer]]\nkind = \"dense\"\nunits = 1001\n[[layer]]\nkind = \"dense\"\nunits = \"classes\"\n[train]\nbatch = 32\n");
  Measurer measurer(*s.job.model, s.e);
  measurer.before();
  s.step();
  Measurement m = measurer.measure(s.e, true);
  const Store& store = s.job.model->store();
  for (const char* name : {"dense1", "dense2"}) {
    const LayerHealth& l = m.layers[name[5] == '1' ? 0 : 1];
    std::vector<float> all = numbers_of(store, *store.find(std::string(name) + ".weight"));
    EXPECT_EQ(l.weights, int64_t(all.size()));
    EXPECT_NEAR(l.weight_norm, norm(all), 0.02 * norm(all)) << name;
    EXPECT_LE(std::accumulate(l.weight_counts.counts.begin(), l.weight_counts.counts.end(), int64_t{0}), 40000);
    for (const auto& [state, gradient] : s.e.gradients) {
      double whole = norm(rows_of(gradient));
      EXPECT_TRUE(state->name != std::string(name) + ".weight" || std::abs(l.gradient_norm - whole) <= 0.1 * whole) << name << " " << l.gradient_norm << " " << whole;
    }
  }
  std::vector<float> rows(40 * 7), panels(48 * 7, -1);
  for (int i = 0; i < 40; ++i) for (int j = 0; j < 7; ++j) rows[size_t(i * 7 + j)] = panels[size_t((i / 16 * 7 + j) * 16 + i % 16)] = float(i * 7 + j + 1);
  View a{rows.data(), DType::f32, {40, 7}, Layout::rows}, b{panels.data(), DType::f32, {40, 7}, Layout::panels};
  for (int64_t most : {1000, 280, 100, 30, 1}) {
    Pick of_rows(a, most), of_panels(b, most);
    ASSERT_EQ(of_rows.size(), of_panels.size());
    std::vector<float> x(size_t(of_rows.size())), y(x);
    of_rows.gather(a, x.data()), of_panels.gather(b, y.data());
    EXPECT_EQ(x, y) << most;
    std::sort(x.begin(), x.end());
    EXPECT_EQ(std::unique(x.begin(), x.end()), x.end()) << most;
    EXPECT_GT(x.front(), 0) << most;
  }
}

}  // namespace
}  // namespace synfire

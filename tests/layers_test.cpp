// What layers of the catalogue do beyond the numbers that tests/golden holds: sizes, masks, running statistics, fusion, refusals;
// and the examples, whose networks must trace.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "synfire/def/layer.h"
#include "synfire/model/net.h"
#include "synfire/model/toml.h"
#include "tests/support/plan_check.h"

namespace synfire {
namespace {

namespace fs = std::filesystem;
using Numbers = std::vector<double>;
using testing::rows_of;
using testing::set_rows;

// A layer as a model file would write it, built on inputs of the given shapes.
struct Built {
  Graph g;
  Builder b;
  Values in;
  Value out;
  Built(const std::string& text, const std::vector<Shape>& inputs, bool training = true) : b(g, training) {
    Node node = parse_toml("layer = {" + text + "}", "test");
    const Node& table = *node.find("layer");
    const LayerDef& def = *Registry<LayerDef>::find(table.find("kind")->text);
    Problems problems;
    Attrs attrs = read_params(def.params, table, problems, {"kind"});
    problems.throw_if_any();
    b.layer = "l", b.seed = 11;
    for (size_t i = 0; i < inputs.size(); ++i) in.push_back(g.input("x" + std::to_string(i), DType::f32, inputs[i]));
    out = def.build(b, in, attrs);
  }
};

std::string shape_of(const std::string& text, const Shape& input) { return Built(text, {input}).out.shape().str(); }

std::string refusal_of(const std::string& text, const std::vector<Shape>& inputs) {
  try {
    Built(text, inputs);
    return "nothing was thrown";
  } catch (const Failure& f) {
    return f.what();
  }
}

TEST(Layers, SizesOfWindows) {
  EXPECT_EQ(shape_of("kind = 'conv2d', filters = 4", {2, 7, 8, 3}), "[2, 7, 8, 4]");
  EXPECT_EQ(shape_of("kind = 'conv2d', filters = 4, stride = 2", {2, 7, 8, 3}), "[2, 4, 4, 4]");
  EXPECT_EQ(shape_of("kind = 'conv2d', filters = 4, kernel = 2", {2, 7, 8, 3}), "[2, 7, 8, 4]");
  EXPECT_EQ(shape_of("kind = 'conv2d', filters = 4, kernel = [4, 1], stride = [3, 1]", {2, 7, 8, 3}), "[2, 3, 8, 4]");
  EXPECT_EQ(shape_of("kind = 'conv2d', filters = 4, kernel = [3, 5], padding = 'valid'", {2, 7, 8, 3}), "[2, 5, 4, 4]");
  EXPECT_EQ(shape_of("kind = 'conv2d', filters = 4, padding = [0, 2]", {2, 7, 8, 3}), "[2, 5, 10, 4]");
  EXPECT_EQ(shape_of("kind = 'max_pool2d'", {2, 7, 8, 3}), "[2, 3, 4, 3]");
  EXPECT_EQ(shape_of("kind = 'max_pool2d', size = 3, stride = 2, padding = 1", {2, 7, 8, 3}), "[2, 4, 4, 3]");
  EXPECT_EQ(shape_of("kind = 'avg_pool2d', size = [7, 8]", {2, 7, 8, 3}), "[2, 1, 1, 3]");
  EXPECT_EQ(shape_of("kind = 'avg_pool2d', size = 3, stride = 1, padding = 'same'", {2, 7, 8, 3}), "[2, 7, 8, 3]");
  EXPECT_EQ(shape_of("kind = 'shortcut_a', filters = 3", {2, 7, 8, 3}), "[2, 7, 8, 3]");
  EXPECT_EQ(shape_of("kind = 'shortcut_a', filters = 8, stride = 2", {2, 7, 8, 3}), "[2, 4, 4, 8]");
  EXPECT_EQ(Built("kind = 'concat'", {{2, 3, 4, 1}, {2, 3, 4, 5}, {2, 3, 4, 2}}).out.shape().str(), "[2, 3, 4, 8]");
  EXPECT_EQ(Built("kind = 'concat'", {{2, 3}, {2, 4}}).out.shape().str(), "[2, 7]");
}

TEST(Layers, RefusalsSayWhatDoesNotFit) {
  auto expect = [](const std::string& text, const std::vector<Shape>& inputs, std::initializer_list<const char*> words) {
    std::string said = refusal_of(text, inputs);
    for (const char* w : words) EXPECT_NE(said.find(w), said.npos) << "\"" << w << "\" is not in: " << said;
  };
  expect("kind = 'conv2d', filters = 8", {{64, 64}}, {"images [B, H, W, C]", "[64, 64]"});
  expect("kind = 'conv2d', filters = 8, kernel = 9, padding = 'valid'", {{4, 8, 8, 1}}, {"9 x 9", "8 x 8"});
  expect("kind = 'conv2d', filters = 8, groups = 3", {{4, 8, 8, 1}}, {"3 groups", "1 channels", "8 filters"});
  expect("kind = 'max_pool2d', size = 9", {{4, 8, 8, 1}}, {"9 x 9", "8 x 8"});
  expect("kind = 'max_pool2d', size = 2, padding = 2", {{4, 8, 8, 1}}, {"padding", "2 x 2"});
  expect("kind = 'avg_pool2d'", {{4, 8}}, {"images [B, H, W, C]"});
  expect("kind = 'global_avg_pool2d'", {{4, 8}}, {"images [B, H, W, C]"});
  expect("kind = 'shortcut_a', filters = 2", {{4, 8, 8, 3}}, {"2 filters", "3 channels"});
  expect("kind = 'concat'", {{4, 8, 8, 3}, {4, 4, 8, 3}}, {"[4, 8, 8, 3]", "[4, 4, 8, 3]"});
  expect("kind = 'concat'", {{4, 8, 8, 3}, {4, 8}}, {"[4, 8, 8, 3]", "[4, 8]"});
  expect("kind = 'dropout', p = 1.0", {{4, 8}}, {"p"});
}

TEST(Layers, DropoutDropsItsPartAnewInEveryStep) {
  Built d("kind = 'dropout', p = 0.25", {{50, 400}});
  Value x = d.in[0], dx = gradients(d.g, d.g.op("sum", {d.out}), {x})[0];
  Store store;
  Pool pool(3);
  Plan plan(d.g, store, pool, {{d.out, dx}, false, 0});
  std::fill_n(plan.view(x).f32(), 20000, 3.f);
  std::vector<Numbers> masks;
  for (int64_t step : {1, 2, 1}) {
    *plan.input("clock").as<int64_t>() = step;
    plan.run();
    Numbers y = rows_of(plan.view(d.out)), slope = rows_of(plan.view(dx));
    int64_t dropped = std::count(y.begin(), y.end(), 0.0);
    EXPECT_NEAR(static_cast<double>(dropped) / 20000, 0.25, 0.012);  // four standard deviations
    for (size_t i = 0; i < y.size(); ++i) {
      ASSERT_NEAR(y[i], y[i] == 0 ? 0 : 4, 1e-6);
      ASSERT_NEAR(slope[i], y[i] == 0 ? 0 : 4.0 / 3, 1e-6) << "the gradient has another mask";
    }
    masks.push_back(y);
  }
  EXPECT_EQ(masks[0], masks[2]);  // a function of the step alone
  Random random{11, d.b.stream("mask"), 1};
  for (uint64_t i = 0; i < 20000; ++i) ASSERT_EQ(masks[0][i] == 0, random.uniform(i) < 0.25f) << "element " << i << " has another draw";
  EXPECT_NE(masks[0], masks[1]);
  Built still("kind = 'dropout', p = 0.25", {{2, 3}}, false);
  EXPECT_EQ(still.out, still.in[0]);
}

TEST(Layers, BatchNormOfOneRowKeepsItsStatistics) {
  Built one("kind = 'batch_norm'", {{1, 4}});
  EXPECT_TRUE(one.g.assignments().empty());
  EXPECT_EQ(Built("kind = 'batch_norm'", {{2, 4}}).g.assignments().size(), 2u);
}

// After many steps on one batch the running statistics are that batch's, and the settled form gives what training gave.
TEST(Layers, BatchNormSettles) {
  Shape shape{8, 3, 4, 5};
  Numbers numbers = testing::random_numbers(shape.numel(), 3, -2, 5);
  Store store;
  Pool pool(1);
  Built train("kind = 'batch_norm', momentum = 0.5", {shape});
  Plan training(train.g, store, pool, {{train.out}, false, 0});
  set_rows(training.view(train.in[0]), numbers);
  for (int i = 0; i < 60; ++i) training.run();
  Built settled("kind = 'batch_norm', momentum = 0.5", {shape}, false);
  settled.out = settled.g.op("scale", {settled.out}, {{"value", 1.0}});
  Plan evaluating(settled.g, store, pool, {{settled.out}, false, 0});
  set_rows(evaluating.view(settled.in[0]), numbers);
  evaluating.run();
  Numbers want = rows_of(training.view(train.out));
  double rows = 8 * 3 * 4, shrunk = std::sqrt((rows - 1) / rows);  // the running variance is the unbiased one
  for (double& w : want) w *= shrunk;
  testing::expect_close(rows_of(evaluating.view(settled.out)), want, 1e-5, "settled batch norm");
}

// In evaluation, convolution, batch norm and activation are one pass.
TEST(Layers, SettledBatchNormRidesOnTheConvolution) {
  Graph g;
  Builder b(g, false);
  Value x = g.input("x", DType::f32, {4, 8, 8, 3});
  b.layer = "conv1";
  Value y = Registry<LayerDef>::find("conv2d")->build(b, {x}, {{"filters", int64_t{16}}, {"bias", false}});
  b.layer = "batch_norm1";
  y = g.op("relu", {Registry<LayerDef>::find("batch_norm")->build(b, {y}, {})});
  Store store;
  Pool pool(1);
  Plan plan(g, store, pool, {{y}, false, 0});
  std::string kernels = plan.describe();
  EXPECT_NE(kernels.find("+ mul + add + relu  [4, 8, 8, 16]"), kernels.npos) << kernels;
  Interpreter oracle(g, DType::f64);
  for (size_t i = 0; i < g.values().size(); ++i) {
    Value v = g.value(static_cast<int>(i));
    if (g.info(v).kind == ValueKind::result) continue;
    Numbers n = testing::random_numbers(v.shape().numel(), i, 0.2, 1.5);  // variances are positive
    set_rows(plan.view(v), n), oracle.fill(v, n.data());
  }
  plan.run(), oracle.run();
  testing::expect_close(rows_of(plan.view(y)), oracle.numbers(y), 1e-5, "relu of settled batch norm of a convolution");
}

// ---- examples ----

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Examples, NetworksTrace) {
  int seen = 0;
  for (const auto& f : fs::directory_iterator(fs::path(SYNFIRE_SOURCE_DIR) / "examples")) {
    if (f.path().extension() != ".toml") continue;
    ++seen;
    std::string name = f.path().stem().string(), text = text_of(f.path());
    bool table = text.find("target = ") != text.npos, numbers = text.find("\"targets\"") != text.npos;
    DataInfo data{table ? Shape{8} : name == "adding" ? Shape{200, 2} : name == "digits" ? Shape{8, 8, 1} : Shape{28, 28, 1}, numbers ? 0 : 10, numbers ? 10 : 1};
    Net net = read_net(parse_toml(text, f.path().string()), data);
    for (Mode mode : {Mode::train, Mode::evaluate}) {
      Traced t = trace(net, data, 3, mode, 1);
      EXPECT_EQ(t.output.shape().str(), "[3, 10]") << name;
      Values d = gradients(*t.graph, t.loss, t.graph->parameters());
      for (size_t i = 0; i < d.size(); ++i) EXPECT_EQ(d[i].shape(), t.graph->parameters()[i].shape());
    }
    if (name.starts_with("resnet")) { EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 60) << name; }
  }
  EXPECT_GE(seen, 12);
}

// He et al. 2016, table 6: 20 layers have 0.27 M parameters, 110 have 1.7 M (on images of three channels).
TEST(Examples, ResNetsHaveTheirPublishedSizes) {
  for (const auto& [name, millions] : {std::pair<std::string, double>{"resnet20", 0.27}, {"resnet110", 1.73}}) {
    fs::path path = fs::path(SYNFIRE_SOURCE_DIR) / "examples" / (name + ".toml");
    DataInfo data{{32, 32, 3}, 10, 1};
    Traced t = trace(read_net(parse_toml(text_of(path), path.string()), data), data, 2, Mode::train, 1);
    int64_t parameters = 0;
    for (const LayerRow& r : t.rows) parameters += r.parameters;
    EXPECT_NEAR(static_cast<double>(parameters) / 1e6, millions, 0.006) << name;
  }
}

}  // namespace
}  // namespace synfire

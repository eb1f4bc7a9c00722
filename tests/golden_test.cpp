// The engine against PyTorch: values that tests/oracle/golden_*.py stored in tests/golden, through plans and their fast kernels.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "synfire/def/layer.h"
#include "synfire/def/loss.h"
#include "synfire/def/optimizer.h"
#include "synfire/def/schedule.h"
#include "synfire/model/toml.h"
#include "tests/support/plan_check.h"

namespace synfire {
namespace {

using Json = nlohmann::json;
using Numbers = std::vector<double>;
using testing::expect_close;
using testing::rows_of;

constexpr double kTolerance = 1e-5;  // of the largest number of a result

Json cases_of(const std::string& kind) {
  std::ifstream file(std::string(SYNFIRE_SOURCE_DIR) + "/tests/golden/" + kind + ".json");
  Json all = Json::parse(file)["cases"];
  EXPECT_FALSE(all.empty());
  return all;
}

Shape shape_of(const Json& dims) {
  Shape s;
  for (int64_t d : dims) s.push_back(d);
  return s;
}

Attrs attrs_of_text(const Entry& entry, const std::string& text) {
  Problems problems;
  Attrs attrs = read_params(entry.params, parse_toml(text, "golden"), problems, {"kind"});
  problems.throw_if_any();
  return attrs;
}

// {"lr": 0.1, "nesterov": true} as the lines of a model file.
Attrs attrs_of_params(const Entry& entry, const Json& params) {
  std::string text;
  for (const auto& [key, value] : params.items()) text += key + " = " + value.dump() + "\n";
  return attrs_of_text(entry, text);
}

std::string name_of_case(const Json& c) { return c.value("kind", c.value("layer", "")) + " " + c.value("params", Json::object()).dump(); }

TEST(Golden, Activations) {
  for (const Json& c : cases_of("activations")) {
    const ActivationDef* def = Registry<ActivationDef>::find(c["kind"].get<std::string>());
    ASSERT_TRUE(def) << c["kind"];
    Graph g;
    Value x = g.input("x", DType::f32, {static_cast<int64_t>(c["x"].size())});
    Value y = def->apply(g, x, attrs_of_params(*def, c["params"]));
    Value slope = gradients(g, g.op("sum", {y}), {x})[0];
    if (y.id == x.id) y = g.op("scale", {x}, {{"value", 1.0}});  // linear: an input cannot be a result
    Store store;
    Pool pool(1);
    Plan plan(g, store, pool, {{y, slope}, false, 0});
    testing::set_rows(plan.view(x), c["x"].get<Numbers>());
    plan.run();
    expect_close(rows_of(plan.view(y)), c["y"].get<Numbers>(), kTolerance, name_of_case(c));
    expect_close(rows_of(plan.view(slope)), c["slope"].get<Numbers>(), kTolerance, name_of_case(c) + " slope");
  }
}

TEST(Golden, Losses) {
  for (const Json& c : cases_of("losses")) {
    const LossDef* def = Registry<LossDef>::find(c["kind"].get<std::string>());
    ASSERT_TRUE(def) << c["kind"];
    Graph g;
    Shape shape = shape_of(c["shape"]);
    bool labels = def->target == Target::classes;
    Value output = g.input("output", DType::f32, shape);
    Value target = labels ? g.input("target", DType::i32, {shape[0]}) : g.input("target", DType::f32, shape);
    Value loss = def->build(g, output, target, attrs_of_params(*def, c["params"]));
    Value slope = gradients(g, loss, {output})[0];
    Store store;
    Pool pool(1);
    Plan plan(g, store, pool, {{loss, slope}, false, 0});
    testing::set_rows(plan.view(output), c["output"].get<Numbers>());
    Numbers wanted = c["target"].get<Numbers>();
    if (labels) std::copy(wanted.begin(), wanted.end(), plan.view(target).as<int32_t>());
    else testing::set_rows(plan.view(target), wanted);
    plan.run();
    expect_close(rows_of(plan.view(loss)), {c["loss"].get<double>()}, kTolerance, name_of_case(c));
    expect_close(rows_of(plan.view(slope)), c["slope"].get<Numbers>(), kTolerance, name_of_case(c) + " slope");
  }
}

TEST(Golden, Schedules) {
  for (const Json& c : cases_of("schedules")) {
    const ScheduleDef* def = Registry<ScheduleDef>::find(c["kind"].get<std::string>());
    ASSERT_TRUE(def) << c["kind"];
    Attrs attrs = attrs_of_params(*def, c["params"]);
    Numbers got, wanted = c["rates"].get<Numbers>();
    for (size_t step = 0; step < wanted.size(); ++step) got.push_back(def->at({static_cast<int64_t>(step), c["total"], c["per_epoch"]}, attrs));
    expect_close(got, wanted, 1e-9, name_of_case(c));
  }
}

TEST(Golden, Optimizers) {
  for (const Json& c : cases_of("optimizers")) {
    const OptimizerDef* def = Registry<OptimizerDef>::find(c["kind"].get<std::string>());
    ASSERT_TRUE(def) << c["kind"];
    Graph g;
    Shape shape{static_cast<int64_t>(c["first"].size())};
    Value theta = g.parameter("theta", shape, {"zeros", {}}, 1, 1, Layout::rows), d = g.input("d", DType::f32, shape);
    Values in{theta, d};
    for (std::string_view slot : def->slots) in.push_back(g.state(std::string(slot), DType::f32, shape, {"zeros", {}}));
    Value lr = g.input("lr", DType::f32, {1}), step = g.input("step", DType::f32, {1});
    in.push_back(lr), in.push_back(step);
    Values out = g.ops(def->op, in, attrs_of_params(*def, c["params"]));
    g.assign(theta, out[0]);
    for (size_t s = 0; s < def->slots.size(); ++s) g.assign(in[2 + s], out[1 + s]);
    Store store;
    Pool pool(1);
    Plan plan(g, store, pool, {});
    testing::set_rows(plan.view(theta), c["first"].get<Numbers>());
    for (size_t k = 0; k < c["way"].size(); ++k) {
      testing::set_rows(plan.view(d), c["gradients"][k].get<Numbers>());
      *plan.view(lr).f32() = c["rates"][k].get<float>();
      *plan.view(step).f32() = static_cast<float>(k + 1);
      plan.run();
      expect_close(rows_of(plan.view(theta)), c["way"][k].get<Numbers>(), kTolerance, name_of_case(c) + " step " + std::to_string(k));
    }
  }
}

// A gradient as files would show the parameter that it belongs to.
Numbers outside(Store& store, const StoredState& parameter, const View& view) {
  StoredState s = parameter;
  s.view = view;
  std::vector<float> numbers(static_cast<size_t>(s.type.shape.numel()));
  store.read(s, numbers.data());
  return {numbers.begin(), numbers.end()};
}

void expect_layer(const Json& c, int threads) {
  Node node = parse_toml("layer = {" + c["layer"].get<std::string>() + "}", "golden");
  const Node& table = *node.find("layer");
  const LayerDef* def = Registry<LayerDef>::find(table.find("kind")->text);
  std::string what = c["layer"].get<std::string>() + (c["training"].get<bool>() ? "" : ", evaluating");
  ASSERT_TRUE(def) << what;
  Problems problems;
  Attrs attrs = read_params(def->params, table, problems, {"kind"});
  problems.throw_if_any();

  Graph g;
  Builder builder(g, c["training"].get<bool>());
  builder.layer = "l";
  Value x = g.input("x", DType::f32, shape_of(c["shape"])), y = def->build(builder, {x}, attrs);
  ASSERT_EQ(y.shape().str(), shape_of(c["y_shape"]).str()) << what;
  Value dy = g.input("dy", DType::f32, y.shape());
  Values wrt{x};
  std::vector<std::string> names;
  for (const auto& [name, state] : c["states"].items()) {
    Value v = g.find("l." + name);
    ASSERT_TRUE(v) << what << " has no " << name;
    if (state.contains("gradient")) wrt.push_back(v), names.push_back(name);
  }
  Values d = gradients(g, g.op("sum", {g.op("mul", {y, dy})}), wrt), keep = d;
  keep.push_back(y);
  Store store;
  Pool pool(threads);
  Plan plan(g, store, pool, {keep, false, 0});
  testing::set_rows(plan.view(x), c["x"].get<Numbers>());
  testing::set_rows(plan.view(dy), c["dy"].get<Numbers>());
  for (const auto& [name, state] : c["states"].items()) {
    const StoredState& s = *store.find("l." + name);
    EXPECT_EQ(store.external_shape(s).str(), shape_of(state["shape"]).str()) << what << " " << name;
    auto before = state["before"].get<std::vector<float>>();
    ASSERT_EQ(static_cast<int64_t>(before.size()), s.type.shape.numel());
    store.write(s, before.data());
  }
  plan.run();
  expect_close(rows_of(plan.view(y)), c["y"].get<Numbers>(), kTolerance, what + " y");
  expect_close(rows_of(plan.view(d[0])), c["dx"].get<Numbers>(), kTolerance, what + " dx");
  for (size_t i = 0; i < names.size(); ++i)
    expect_close(outside(store, *store.find("l." + names[i]), plan.view(d[i + 1])), c["states"][names[i]]["gradient"].get<Numbers>(), kTolerance, what + " gradient of " + names[i]);
  for (const auto& [name, state] : c["states"].items()) {
    const StoredState& s = *store.find("l." + name);
    if (state.contains("after")) expect_close(outside(store, s, s.view), state["after"].get<Numbers>(), kTolerance, what + " " + name);
  }
}

TEST(Golden, Layers) {
  for (const Json& c : cases_of("layers"))
    for (int threads : {1, 3}) expect_layer(c, threads);
}

}  // namespace
}  // namespace synfire

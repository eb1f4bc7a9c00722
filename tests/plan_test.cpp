// The plan against the interpreter: fusion, layouts, in-place states and shared memory must not change a result.
#include "synfire/plan/plan.h"

#include "tests/support/plan_check.h"

namespace synfire {
namespace {

using testing::expect_plan_equals_interpreter;

Value parameter(Graph& g, const std::string& name, Shape shape) {
  return g.parameter(name, shape, {}, 1, 1, shape.rank() >= 2 ? Layout::panels : Layout::rows);
}

TEST(Plan, ChainOfElementwiseOps) {
  Graph g;
  Value x = g.input("x", DType::f32, {5, 700}), y = g.input("y", DType::f32, {5, 700}), b = g.input("b", DType::f32, {700});
  Value s = g.op("relu", {g.op("add", {g.op("mul", {x, y}), b})});
  expect_plan_equals_interpreter(g, {g.op("mul", {s, x}), s});
}

TEST(Plan, BroadcastsOfEveryKind) {
  Graph g;
  Value x = g.input("x", DType::f32, {4, 3, 600}), row = g.input("row", DType::f32, {600}), column = g.input("column", DType::f32, {3, 1}),
        one = g.input("one", DType::f32, {}), middle = g.input("middle", DType::f32, {4, 1, 600});
  Value s = g.op("add", {g.op("mul", {x, row}), g.op("mul", {x, column})});
  expect_plan_equals_interpreter(g, {g.op("sub", {g.op("mul", {s, one}), middle})});
}

TEST(Plan, TrainingStepOfAPerceptron) {
  for (int threads : {1, 3}) {
    Graph g;
    Value x = g.input("x", DType::f32, {9, 20}), t = g.input("t", DType::i32, {9}), lr = g.input("lr", DType::f32, {1}), step = g.input("step", DType::f32, {1});
    Value w1 = parameter(g, "w1", {33, 20}), b1 = parameter(g, "b1", {33}), w2 = parameter(g, "w2", {3, 33}), b2 = parameter(g, "b2", {3});
    Value h = g.op("relu", {g.op("matmul", {x, w1, b1}, {{"transpose_b", true}})});
    Value loss = g.op("softmax_cross_entropy", {g.op("matmul", {h, w2, b2}, {{"transpose_b", true}}), t});
    Values params{w1, b1, w2, b2};
    Values d = gradients(g, loss, params);
    for (size_t i = 0; i < params.size(); ++i) {
      Values in{params[i], d[i]};
      for (const char* slot : {"mean", "square"})
        in.push_back(g.state(g.info(params[i]).name + slot, DType::f32, params[i].shape(), {}));
      for (size_t s = 2; s < 4; ++s) g.info(in[s]).layout = g.info(params[i]).layout;
      Values slots(in.begin() + 2, in.end());
      in.push_back(lr), in.push_back(step);
      // slots hold random numbers of both signs here; an even power keeps the second one valid
      Values out = g.ops("sgd_update", {params[i], d[i], slots[0], lr, step}, {{"momentum", 0.9}});
      g.assign(params[i], out[0]);
      g.assign(slots[0], out[1]);
    }
    expect_plan_equals_interpreter(g, {loss}, threads);
  }
}

TEST(Plan, AValueReadAfterItsStateIsOverwrittenKeepsTheOldNumbers) {
  Graph g;
  Value s = g.state("s", DType::f32, {40}, {}), x = g.input("x", DType::f32, {40});
  Value next = g.op("add", {s, x});
  g.assign(s, next);
  Value late = g.op("mul", {s, s});  // made after the new value, yet means the old one
  expect_plan_equals_interpreter(g, {late});
}

TEST(Plan, TwoStatesThatSwap) {
  Graph g;
  Value a = g.state("a", DType::f32, {17}, {}), b = g.state("b", DType::f32, {17}, {}), x = g.input("x", DType::f32, {17});
  g.assign(a, g.op("add", {b, x}));
  g.assign(b, g.op("add", {a, x}));
  expect_plan_equals_interpreter(g, {});
}

// Random graphs of many shapes of sharing and broadcasting: whatever the planner fuses must stay the same function.
TEST(Plan, RandomGraphs) {
  for (uint64_t seed = 0; seed < 120; ++seed) {
    Graph g;
    Random r{seed, stream_of("graphs"), 0};
    uint64_t draw = 0;
    auto below = [&](uint64_t n) { return r.below(draw++, n); };
    Values pool{g.input("x", DType::f32, {6, 40}), g.input("y", DType::f32, {6, 40}), g.input("row", DType::f32, {40}), g.input("one", DType::f32, {})};
    Value w = parameter(g, "w", {40, 40}), v = g.state("v", DType::f32, {6, 40}, {});
    pool.push_back(v);
    Values wide;  // of shape [40, 40]
    wide.push_back(w);
    for (int k = 0; k < 14; ++k) {
      Value a = pool[below(2)], b = pool[below(pool.size())];
      if (pool.size() > 6) a = pool[5 + below(pool.size() - 5)];
      const char* names[] = {"add", "mul", "sub"};
      switch (below(7)) {
        case 0: pool.push_back(g.op("relu", {a})); break;
        case 1: if (a.shape() == Shape{6, 40}) pool.push_back(g.op("scale", {g.op("matmul", {a, wide[below(wide.size())]}, {{"transpose_b", true}})}, {{"value", 0.1}})); break;
        case 2: if (a.shape() == Shape{6, 40}) pool.push_back(g.op("scale", {g.op("matmul", {a, wide[below(wide.size())]})}, {{"value", 0.1}})); break;
        case 3: if (a.shape() == Shape{6, 40} && b.shape() == Shape{6, 40}) wide.push_back(g.op("matmul", {a, b}, {{"transpose_a", true}})); break;
        case 4: wide.push_back(g.op(names[below(3)], {wide[below(wide.size())], wide[below(wide.size())]})); break;
        default: pool.push_back(g.op(names[below(3)], {a, b}));
      }
    }
    g.assign(w, g.op("sub", {w, g.op("scale", {wide.back()}, {{"value", 0.01}})}));
    Value last = pool.back();
    if (last.shape() == v.shape()) g.assign(v, last);
    expect_plan_equals_interpreter(g, {g.op("sum", {pool[pool.size() - 2]}), pool.back()}, 1 + seed % 3, 1e-4);
    if (HasFatalFailure()) FAIL() << "seed " << seed;
  }
}

}  // namespace
}  // namespace synfire

// Gradients of gradients: Hessian-vector products of whole networks, through gradients() of gradients(), against differences of
// the gradient, in double. Pearlmutter 1994.
#include <gtest/gtest.h>

#include <algorithm>

#include "synfire/def/layer.h"
#include "tests/support/plan_check.h"

namespace synfire {
namespace {

using Numbers = std::vector<double>;
using Layers = std::vector<std::pair<std::string, Attrs>>;
using Ints = std::vector<int64_t>;

Choice choice(const std::string& kind) { return {kind, {}}; }

// A network of layers of the catalogue on images or vectors, its loss against labels, its gradient and its product with the Hessian.
struct Network {
  Graph g;
  Value x, labels, loss;
  Values params, gradient, way, product;

  Network(const Shape& input, const Layers& layers) {
    Builder b(g, true);
    b.seed = 3;
    x = g.input("x", DType::f32, input), labels = g.input("labels", DType::i32, {input[0]});
    Value y = x;
    for (const auto& [kind, attrs] : layers) {
      b.layer = kind + std::to_string(g.values().size());
      y = Registry<LayerDef>::find(kind)->build(b, {y}, attrs);
    }
    loss = g.op("softmax_cross_entropy", {y, labels});
    params = g.parameters();
    gradient = gradients(g, loss, params);
    Value dot;
    for (size_t i = 0; i < params.size(); ++i) {
      way.push_back(g.input("way" + std::to_string(i), DType::f32, params[i].shape()));
      Value term = g.op("sum", {g.op("mul", {gradient[i], way[i]})});
      dot = dot ? g.op("add", {dot, term}) : term;
    }
    product = gradients(g, dot, params);
  }

  // The values of `wanted` at params + step * way.
  std::vector<Numbers> at(double step, const Values& wanted) {
    Interpreter run(g, DType::f64);
    run.fill(x, testing::random_numbers(x.shape().numel(), 1).data());
    Numbers t;
    for (int64_t i = 0; i < labels.shape()[0]; ++i) t.push_back(static_cast<double>(i % 3));
    run.fill(labels, t.data());
    for (size_t i = 0; i < params.size(); ++i) {
      Numbers p = testing::random_numbers(params[i].shape().numel(), 10 + i, -0.6, 0.9), w = testing::random_numbers(static_cast<int64_t>(p.size()), 50 + i);
      run.fill(way[i], w.data());
      for (size_t k = 0; k < p.size(); ++k) p[k] += step * w[k];
      run.fill(params[i], p.data());
    }
    run.run();
    run.check_guards();
    std::vector<Numbers> r;
    for (Value v : wanted) r.push_back(run.numbers(v));
    return r;
  }
};

void expect_hessian_vector_product(const Shape& input, const Layers& layers, const std::string& what) {
  Network n(input, layers);
  constexpr double h = 1e-5;
  std::vector<Numbers> product = n.at(0, n.product), up = n.at(h, n.gradient), down = n.at(-h, n.gradient);
  double largest = 0;
  for (const Numbers& p : product) for (double v : p) largest = std::max(largest, std::abs(v));
  ASSERT_GT(largest, 1e-3) << what << " has no curvature to compare";
  for (size_t i = 0; i < product.size(); ++i)
    for (size_t k = 0; k < product[i].size(); ++k)
      ASSERT_NEAR((up[i][k] - down[i][k]) / (2 * h), product[i][k], 1e-6 * std::max(1.0, largest)) << what << ": " << n.g.info(n.params[i]).name << " element " << k;
}

Attrs conv(int64_t filters, int64_t stride, int64_t groups, const std::string& activation) {
  return {{"filters", filters}, {"kernel", Ints{3, 3}}, {"stride", Ints{stride, stride}}, {"padding", std::string("same")}, {"groups", groups},
          {"activation", std::vector<Choice>{choice(activation)}}};
}
Attrs dense(int64_t units, const std::string& activation) { return {{"units", units}, {"activation", std::vector<Choice>{choice(activation)}}}; }

TEST(GradientOfGradient, ConvolutionAndBatchNorm) {
  expect_hessian_vector_product({4, 5, 4, 2}, {{"conv2d", conv(4, 1, 1, "tanh")}, {"batch_norm", {}}, {"dense", dense(3, "linear")}}, "conv, batch norm, dense");
}

TEST(GradientOfGradient, StridesGroupsAndPools) {
  expect_hessian_vector_product({2, 6, 5, 2}, {{"conv2d", conv(4, 2, 2, "sigmoid")}, {"conv2d", conv(4, 1, 4, "silu")}, {"batch_norm", {}}, {"avg_pool2d", {}}, {"dense", dense(3, "linear")}},
                                "strided, grouped and depthwise convolutions, mean pool");
  expect_hessian_vector_product({3, 4, 4, 2}, {{"conv2d", conv(5, 1, 1, "softplus")}, {"max_pool2d", {}}, {"dense", dense(6, "gelu")}, {"layer_norm", {}}, {"dense", dense(3, "linear")}},
                                "max pool, layer norm");
  expect_hessian_vector_product({3, 4, 6, 2}, {{"conv2d", conv(4, 1, 1, "tanh")}, {"shortcut_a", {{"filters", int64_t{7}}, {"stride", Ints{2, 2}}}}, {"dropout", {{"p", 0.3}}}, {"batch_norm", {}},
                                               {"global_avg_pool2d", {}}, {"dense", dense(3, "linear")}}, "shortcut, dropout, global pool");
}

TEST(GradientOfGradient, Dense) {
  expect_hessian_vector_product({5, 4}, {{"dense", dense(6, "tanh")}, {"batch_norm", {}}, {"dense", dense(5, "elu")}, {"dense", dense(3, "linear")}}, "dense");
}

// The plan's kernels compute the same product: forward, backward and backward of backward fused into one program.
TEST(GradientOfGradient, PlanEqualsInterpreter) {
  for (int threads : {1, 3}) {
    Network n({4, 5, 4, 2}, {{"conv2d", conv(4, 1, 1, "tanh")}, {"max_pool2d", {}}, {"dense", dense(3, "linear")}});
    Values keep = n.product;
    keep.insert(keep.end(), n.gradient.begin(), n.gradient.end()), keep.push_back(n.loss);
    testing::expect_plan_equals_interpreter(n.g, keep, threads, 1e-4);
  }
}

TEST(Gradient, OfWhatTheLossDoesNotDependOnIsZero) {
  Graph g;
  Value x = g.input("x", DType::f32, {3}), y = g.input("y", DType::f32, {2, 2});
  Values d = gradients(g, g.op("sum", {g.op("square", {x})}), {x, y});
  Interpreter run(g, DType::f64);
  run.fill(x, Numbers{1, 2, -3}.data());
  run.run();
  EXPECT_EQ(run.numbers(d[0]), (Numbers{2, 4, -6}));
  EXPECT_EQ(run.numbers(d[1]), (Numbers{0, 0, 0, 0}));
  EXPECT_THROW(gradients(g, x, {x}), Failure);  // of one number only
}

}  // namespace
}  // namespace synfire

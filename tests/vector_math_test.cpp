// The vector functions without fused multiply-add, and derivatives by dual numbers.
#include "tests/support/accuracy.h"

namespace synfire {
namespace {

TEST(VectorMath, accurate) { accuracy::check_accuracy(); }
TEST(VectorMath, right_at_the_edges) { accuracy::check_edges(); }

using D1 = Dual<double>;
using D2 = Dual<D1>;

// f, f' and f'' at x, by nested dual numbers.
template <class F>
D2 twice(F f, double x) { return f(D2{D1{x, 1}, D1{1, 0}}); }

// Derivatives against central differences of the double version.
template <class F>
void expect_derivatives(const char* name, F f, std::initializer_list<double> points) {
  for (double x : points) {
    double h = 1e-4;
    D2 y = twice(f, x);
    double first = (f(x + h) - f(x - h)) / (2 * h), second = (f(x + h) - 2 * f(x) + f(x - h)) / (h * h);
    EXPECT_DOUBLE_EQ(y.v.v, f(x)) << name << " at " << x;
    EXPECT_NEAR(y.v.d, first, 1e-6 * (1 + std::abs(first))) << name << "' at " << x;
    EXPECT_EQ(y.v.d, y.d.v);
    EXPECT_NEAR(y.d.d, second, 1e-5 * (1 + std::abs(second))) << name << "'' at " << x;
  }
}

TEST(Dual, derivatives_of_every_function) {
  expect_derivatives("exp", [](auto x) { return math::exp(x); }, {-1.5, 0.2, 2});
  expect_derivatives("log", [](auto x) { return math::log(x); }, {0.3, 1, 4});
  expect_derivatives("log1p", [](auto x) { return math::log1p(x); }, {-0.4, 0.01, 4});
  expect_derivatives("tanh", [](auto x) { return math::tanh(x); }, {-1.5, 0.2, 2});
  expect_derivatives("sigmoid", [](auto x) { return math::sigmoid(x); }, {-1.5, 0.2, 2});
  expect_derivatives("erf", [](auto x) { return math::erf(x); }, {-1.5, 0.2, 2});
  expect_derivatives("sqrt", [](auto x) { return math::sqrt(x); }, {0.5, 1, 3});
  expect_derivatives("abs", [](auto x) { return math::abs(x) * x; }, {-1.5, 2});
  expect_derivatives("max", [](auto x) { return math::max(x * x * x, x); }, {0.5, 2});
  expect_derivatives("quotient", [](auto x) { return (x * x - 3.0) / (x + 2.0); }, {-0.5, 1, 3});
  expect_derivatives("madd", [](auto x) { return math::madd(x, x, math::select(x > 1.0, -x, x)); }, {0.5, 2});
}

TEST(Dual, float_derivative_is_finite_at_the_ends) {
  for (float x : {-200.f, -90.f, 0.f, 90.f, 200.f}) {
    Dual<float> v{x, 1};
    EXPECT_TRUE(std::isfinite(math::tanh(v).d) && std::isfinite(math::sigmoid(v).d) && std::isfinite(math::erf(v).d)) << x;
  }
}

}  // namespace
}  // namespace synfire

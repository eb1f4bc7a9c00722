// Every op of the catalogue on each of its samples: gradients against differences, fast kernels against the reference and their
// memory, the same bits at any number of threads, refusals. The registry is the list: a new op is tested without an edit here.
#include "tests/support/op_check.h"
#include "tests/support/plan_check.h"

namespace synfire {
namespace {

using testing::Alone;
using testing::Bound;
using testing::expect_close;
using testing::Numbers;
using testing::numbers_of;
using testing::Variant;

class OfEveryOp : public ::testing::TestWithParam<std::string> {
 protected:
  const OpDef& op() const { return *Registry<OpDef>::find(GetParam()); }
  std::string what(size_t sample) const {
    std::string s = GetParam() + " sample " + std::to_string(sample) + ":";
    for (const Type& t : op().samples[sample].in) s += " " + std::string(name_of(t.dtype)) + t.shape.str();
    return s;
  }
};
class GradientOp : public OfEveryOp {};
class RegistryOp : public OfEveryOp {};
class DeterminismOp : public OfEveryOp {};

std::string name_of_case(const ::testing::TestParamInfo<std::string>& info) { return info.param; }
#define OF_EVERY_OP(suite) INSTANTIATE_TEST_SUITE_P(, suite, ::testing::ValuesIn(Registry<OpDef>::names()), name_of_case)

// ---- gradients ----

// <weights, outputs>: one number whose gradient is checked.
double loss_of(const Alone& alone, const std::vector<Numbers>& in, const std::vector<Numbers>& weights) {
  std::vector<Numbers> out = alone.reference(DType::f64, in);
  long double sum = 0;  // what is left of a difference of two should not be rounding
  for (size_t o = 0; o < out.size(); ++o) for (size_t k = 0; k < weights[o].size(); ++k) sum += static_cast<long double>(weights[o][k] * out[o][k]);
  return static_cast<double>(sum);
}

// The gradient of that number with respect to each f32 input, by the op's rule, in double. Empty for other inputs.
std::vector<Numbers> gradient_of(const OpDef& op, const Sample& s, const std::vector<Numbers>& in, const std::vector<Numbers>& weights) {
  Alone alone(op, s);
  Graph& g = alone.g;
  Value loss;
  Values w;
  for (Value out : alone.out) {
    w.push_back(out.dtype() == DType::f32 ? g.input("w" + std::to_string(w.size()), DType::f32, out.shape()) : Value{});
    if (!w.back()) continue;
    Value term = g.op("sum", {g.op("mul", {out, w.back()})});
    loss = loss ? g.op("add", {loss, term}) : term;
  }
  Values wrt;
  for (Value v : alone.in) if (v.dtype() == DType::f32) wrt.push_back(v);
  Values d = gradients(g, loss, wrt);
  Interpreter run(g, DType::f64);
  for (size_t i = 0; i < in.size(); ++i) run.fill(alone.in[i], in[i].data());
  for (size_t o = 0; o < w.size(); ++o) if (w[o]) run.fill(w[o], weights[o].data());
  run.run();
  run.check_guards();
  std::vector<Numbers> r;
  size_t k = 0;
  for (Value v : alone.in) r.push_back(v.dtype() == DType::f32 ? run.numbers(d[k++]) : Numbers{});
  return r;
}

// Compares along the direction `way` of input i.
void expect_slope(const Alone& alone, std::vector<Numbers> in, const std::vector<Numbers>& weights, size_t i, const Numbers& way, const Numbers& gradient, const std::string& what) {
  constexpr double h = 1e-5;
  Numbers at = in[i];
  double wanted = 0, side[2];
  for (size_t k = 0; k < at.size(); ++k) wanted += gradient[k] * way[k];
  for (int sign : {0, 1}) {
    for (size_t k = 0; k < at.size(); ++k) in[i][k] = at[k] + (sign ? h : -h) * way[k];
    side[sign] = loss_of(alone, in, weights);
  }
  double measured = (side[1] - side[0]) / (2 * h);
  // 1e-6 of the slope, and what rounding of the two sums leaves of a difference
  EXPECT_NEAR(measured, wanted, 1e-6 * std::max(1.0, std::abs(wanted)) + 1e-10 * std::abs(side[0])) << what;
}

TEST_P(GradientOp, EqualsDifferences) {
  ASSERT_FALSE(op().samples.empty());
  bool stops = !op().grad && !op().expand;
  EXPECT_TRUE(!stops || op().doc.find("Stops the gradient") != op().doc.npos) << "has no gradient, and its doc does not say so";
  if (stops) return;
  for (size_t n = 0; n < op().samples.size(); ++n) {
    const Sample& s = op().samples[n];
    if (!s.differentiable) continue;
    Alone alone(op(), s);
    std::vector<Numbers> in = numbers_of(s), weights;
    for (Value out : alone.out) weights.push_back(out.dtype() == DType::f32 ? testing::random_numbers(out.shape().numel(), 31 + weights.size()) : Numbers{});
    std::vector<Numbers> gradient = gradient_of(op(), s, in, weights);
    for (size_t i = 0; i < in.size(); ++i) {
      if (s.in[i].dtype != DType::f32) continue;
      Numbers way = testing::random_numbers(static_cast<int64_t>(in[i].size()), 91);  // no number moves by more than h
      expect_slope(alone, in, weights, i, way, gradient[i], what(n) + ", input " + std::to_string(i) + " in a random direction");
      Random r{7, stream_of("elements"), n};
      for (uint64_t pick = 0; pick < std::min<size_t>(in[i].size() > 5000 ? 2 : 12, in[i].size()); ++pick) {  // the sum of all may hide two that are swapped
        size_t k = r.below(pick, in[i].size());
        std::fill(way.begin(), way.end(), 0.0), way[k] = 1;
        expect_slope(alone, in, weights, i, way, gradient[i], what(n) + ", input " + std::to_string(i) + " element " + std::to_string(k));
      }
    }
  }
}
OF_EVERY_OP(GradientOp);

// ---- kernels ----

TEST_P(RegistryOp, KernelEqualsReferenceAndStaysInItsMemory) {
  if (!op().bind) return;
  Pool pool(1);
  for (size_t n = 0; n < op().samples.size(); ++n) {
    const Sample& s = op().samples[n];
    std::vector<Numbers> in = numbers_of(s), wanted = Alone(op(), s).reference(DType::f32, in);
    Types out = testing::types_out(op(), s);
    for (const Variant& v : testing::variants_of(op(), s, out)) {
      SCOPED_TRACE(what(n) + ", " + v.str());
      Bound bound(op(), s, out, v, in, 1);
      bound.run(pool);
      bound.expect_sound();
      for (size_t o = 0; o < out.size(); ++o) expect_close(bound.output(o), wanted[o], out[o].dtype == DType::f32 ? op().tolerance : 0, "output " + std::to_string(o));
      if (HasFailure()) return;
    }
  }
}

// Elementwise: any number of elements up to a block, and not one more.
TEST_P(RegistryOp, BlockEqualsReferenceAndStaysInItsMemory) {
  if (!op().block) return;
  for (size_t n = 0; n < op().samples.size(); ++n) {
    const Sample& s = op().samples[n];
    Types out = testing::types_out(op(), s);
    int64_t all = out[0].shape.numel();
    bool plain = true;
    for (size_t i = 0; i < s.in.size(); ++i) plain &= (op().scalar_inputs >> i & 1) || s.in[i].shape == out[0].shape;
    if (!plain) continue;  // broadcasting is the chain's work
    std::vector<Numbers> in = numbers_of(s), wanted = Alone(op(), s).reference(DType::f32, in);
    std::vector<std::byte> params = op().pack_params(s.attrs);
    for (int64_t count : {int64_t{1}, int64_t{7}, int64_t{8}, int64_t{15}, int64_t{64}, int64_t{kBlock}}) {
      count = std::min(count, all);
      std::vector<testing::GuardedBytes> buffers;
      buffers.reserve(in.size() + out.size());  // they stay where they are
      for (const Numbers& x : in) buffers.emplace_back(std::min<int64_t>(count, static_cast<int64_t>(x.size())) * 4);
      for (size_t o = 0; o < out.size(); ++o) buffers.emplace_back(count * 4);
      std::vector<const float*> from;
      std::vector<float*> to;
      for (size_t i = 0; i < buffers.size(); ++i) {
        float* data = reinterpret_cast<float*>(buffers[i].data());
        if (i < in.size()) std::copy_n(in[i].begin(), buffers[i].size() / 4, data), from.push_back(data);
        else to.push_back(data);
      }
      op().block(from.data(), to.data(), static_cast<int>(count), params.data());
      for (auto& b : buffers) ASSERT_TRUE(b.intact()) << what(n) << ", " << count << " elements: wrote beside a buffer";
      for (size_t o = 0; o < out.size(); ++o)
        expect_close(Numbers(to[o], to[o] + count), Numbers(wanted[o].begin(), wanted[o].begin() + count), op().tolerance, what(n) + " output " + std::to_string(o));
    }
  }
}

// Inputs that may lie in panels come once in rows and once as parameters in panels.
std::vector<std::byte> run_plan(const OpDef& op, const Sample& s, bool panels, int threads, std::vector<Numbers>* out = nullptr) {
  Graph g;
  Values in;
  for (size_t i = 0; i < s.in.size(); ++i) {
    std::string name = "in" + std::to_string(i);
    bool laid = panels && (op.flags.panel_inputs >> i & 1) && s.in[i].shape.rank() >= 2;
    in.push_back(laid ? g.parameter(name, s.in[i].shape, {}, 1, 1, Layout::panels) : g.input(name, s.in[i].dtype, s.in[i].shape));
  }
  Values results = g.ops(op.name, in, s.attrs);
  Store store;
  Pool pool(threads);
  Plan plan(g, store, pool, {results, true, 0});
  std::vector<Numbers> numbers = numbers_of(s);
  for (size_t i = 0; i < in.size(); ++i) testing::set_numbers(plan.view(in[i]), numbers[i]);
  plan.run();
  EXPECT_FALSE(plan.not_finite()) << op.name;
  std::vector<std::byte> bytes;
  for (Value v : results) {
    View view = plan.view(v);
    auto* data = static_cast<const std::byte*>(view.data);
    bytes.insert(bytes.end(), data, data + view.shape.numel() * size_of(view.dtype));
    if (out) out->push_back(testing::numbers_in(view));
  }
  return bytes;
}

TEST_P(RegistryOp, PlanEqualsReference) {
  for (size_t n = 0; n < op().samples.size(); ++n) {
    const Sample& s = op().samples[n];
    std::vector<Numbers> wanted = Alone(op(), s).reference(DType::f32, numbers_of(s));
    Types out = testing::types_out(op(), s);
    for (bool panels : {false, true}) {
      std::vector<Numbers> got;
      run_plan(op(), s, panels, 1, &got);
      for (size_t o = 0; o < out.size(); ++o)
        expect_close(got[o], wanted[o], out[o].dtype == DType::f32 ? op().tolerance : 0, what(n) + (panels ? " in panels" : "") + " output " + std::to_string(o));
    }
  }
}

// ---- determinism ----

TEST_P(DeterminismOp, SameBitsAtAnyNumberOfThreads) {
  if (!op().bind) return;
  static Pool pools[] = {Pool(1), Pool(2), Pool(3), Pool(4), Pool(8)};
  int most = 0;
  for (size_t n = 0; n < op().samples.size(); ++n) {
    const Sample& s = op().samples[n];
    std::vector<Numbers> in = numbers_of(s);
    Types out = testing::types_out(op(), s);
    for (const Variant& v : testing::variants_of(op(), s, out)) {
      std::vector<std::byte> first;
      for (Pool& pool : pools) {
        Bound bound(op(), s, out, v, in, pool.threads());
        bound.run(pool);
        if (&pool == pools) first = bound.bytes(), most = std::max(most, bound.slices());
        EXPECT_EQ(bound.bytes(), first) << what(n) << ", " << v.str() << " at " << pool.threads() << " threads";
      }
    }
  }
  if (op().flags.epilogue) { EXPECT_GT(most, 1) << "no sample is large enough to be shared by threads"; }
}

TEST_P(DeterminismOp, SamePlanAtAnyNumberOfThreads) {
  for (size_t n = 0; n < op().samples.size(); ++n) {
    std::vector<std::byte> first = run_plan(op(), op().samples[n], true, 1);
    for (int threads : {3, 8}) { EXPECT_EQ(run_plan(op(), op().samples[n], true, threads), first) << what(n) << " at " << threads << " threads"; }
  }
}
OF_EVERY_OP(DeterminismOp);

// ---- refusals ----

enum class Answer { taken, refused, wrong };
Answer infer(const OpDef& op, const Types& in, const Attrs& attrs, std::string& message) {
  try {
    op.infer(in, attrs);
    return Answer::taken;
  } catch (const Failure& f) {
    message = f.what();
    return f.code() == Code::shape && !message.empty() ? Answer::refused : Answer::wrong;
  } catch (const std::exception& e) {
    message = e.what();
    return Answer::wrong;
  }
}

TEST_P(RegistryOp, RefusesWrongCountsAndShapes) {
  std::string message;
  for (size_t n = 0; n < op().samples.size(); ++n) {
    const Sample& s = op().samples[n];
    ASSERT_EQ(infer(op(), s.in, s.attrs, message), Answer::taken) << what(n) << ": " << message;
    Types more = s.in;
    for (int i = 0; i < 4; ++i) more.push_back({DType::f32, {2, 3, 5, 7, 11}});
    EXPECT_EQ(infer(op(), more, s.attrs, message), Answer::refused) << what(n) << " with four inputs more";
    if (!s.in.empty()) { EXPECT_EQ(infer(op(), {}, s.attrs, message), Answer::refused) << what(n) << " without inputs"; }
    int refused = 0, arrays = 0;
    for (size_t i = 0; i < s.in.size(); ++i) {
      Types fewer = s.in;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_NE(infer(op(), fewer, s.attrs, message), Answer::wrong) << what(n) << " without input " << i << ": " << message;
      std::vector<Type> other;
      for (DType t : {DType::f32, DType::f64, DType::i32, DType::i64, DType::u8}) other.push_back({t, s.in[i].shape});
      for (Shape shape : {Shape{}, Shape{1}, Shape{13}, Shape{13, 17}, Shape{2, 3, 5, 7, 11}, Shape{1, 1, 1, 1, 1, 1, 1, 1}}) other.push_back({s.in[i].dtype, shape});
      Shape grown = s.in[i].shape;
      for (int d = 0; d < grown.rank(); ++d) {
        Shape one = s.in[i].shape;
        ++one[d], grown[d] += 7;
        other.push_back({s.in[i].dtype, one});
      }
      for (const Type& t : other) {
        Types in = s.in;
        in[i] = t;
        EXPECT_NE(infer(op(), in, s.attrs, message), Answer::wrong) << what(n) << ", input " << i << " as " << t.shape.str() << ": " << message;
      }
      Types in = s.in;
      in[i].shape = grown;
      if (s.in[i].shape.numel() > 1) ++arrays, refused += infer(op(), in, s.attrs, message) == Answer::refused;
    }
    if (arrays >= 2) { EXPECT_GT(refused, 0) << what(n) << ": no shape of one input was refused that does not fit the others"; }
  }
}
OF_EVERY_OP(RegistryOp);

}  // namespace
}  // namespace synfire

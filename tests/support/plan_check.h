// Runs a graph by the plan and by the interpreter on the same numbers and compares everything that can be seen.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "synfire/base/random.h"
#include "synfire/graph/interpreter.h"
#include "synfire/plan/plan.h"
#include "synfire/tensor/panels.h"

namespace synfire::testing {

// Row-major float numbers of a view in any layout.
inline std::vector<double> rows_of(const View& v) {
  std::vector<float> rows(static_cast<size_t>(v.shape.numel()));
  if (v.layout == Layout::panels) from_panels(v.f32(), v.shape[0], v.shape.from(1), rows.data());
  else std::copy_n(v.f32(), rows.size(), rows.begin());
  return {rows.begin(), rows.end()};
}

inline void set_rows(const View& v, const std::vector<double>& numbers) {
  std::vector<float> rows(numbers.begin(), numbers.end());
  if (v.layout == Layout::panels) to_panels(rows.data(), v.shape[0], v.shape.from(1), v.shape.from(1), 1, v.f32());
  else std::copy(rows.begin(), rows.end(), v.f32());
}

inline std::vector<double> random_numbers(int64_t n, uint64_t seed, double low = -1, double high = 1) {
  std::vector<double> r;
  Random random{seed, stream_of("test"), 0};
  for (int64_t i = 0; i < n; ++i) r.push_back(static_cast<float>(low + (high - low) * random.uniform(i)));
  return r;
}

inline void expect_close(const std::vector<double>& got, const std::vector<double>& want, double tolerance, const std::string& what) {
  ASSERT_EQ(got.size(), want.size()) << what;
  double scale = 1e-3;
  for (double w : want) scale = std::max(scale, std::abs(w));
  for (size_t i = 0; i < got.size(); ++i)
    ASSERT_NEAR(got[i], want[i], tolerance * scale) << what << " element " << i;
}

// f32 inputs and states get random numbers, i32 inputs labels below `labels`. Runs twice, so that states carry over.
inline void expect_plan_equals_interpreter(Graph& g, const Values& keep, int threads = 1, double tolerance = 2e-5, int labels = 3) {
  Store store;
  Pool pool(threads);
  Plan plan(g, store, pool, {keep, false, 0});
  Interpreter oracle(g, DType::f32);
  for (size_t i = 0; i < g.values().size(); ++i) {
    const ValueInfo& v = g.values()[i];
    Value value = g.value(static_cast<int>(i));
    if (v.kind == ValueKind::result) continue;
    std::vector<double> numbers = random_numbers(v.type.shape.numel(), 7 + i);
    if (v.type.dtype == DType::i32) {
      for (double& x : numbers) x = std::floor((x + 1) / 2 * labels * 0.999);
      for (size_t k = 0; k < numbers.size(); ++k) plan.view(value).as<int32_t>()[k] = static_cast<int32_t>(numbers[k]);
    } else if (v.type.dtype == DType::f32) {
      set_rows(plan.view(value), numbers);
    } else {
      continue;
    }
    oracle.fill(value, numbers.data());
  }
  for (int run = 0; run < 2; ++run) {
    plan.run();
    oracle.run();
    for (Value k : keep) if (k.dtype() == DType::f32) expect_close(rows_of(plan.view(k)), oracle.numbers(k), tolerance, "kept value " + std::to_string(k.id) + "\n" + plan.describe());
    for (size_t i = 0; i < g.values().size(); ++i)
      if (g.values()[i].kind == ValueKind::state && g.values()[i].type.dtype == DType::f32)
        expect_close(rows_of(plan.view(g.value(static_cast<int>(i)))), oracle.numbers(g.value(static_cast<int>(i))), tolerance, g.values()[i].name + "\n" + plan.describe());
  }
  oracle.check_guards();
}

}  // namespace synfire::testing

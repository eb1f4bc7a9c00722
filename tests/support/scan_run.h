// Runs the scan of one kind of neuron alone: by the plan and its fast kernel in float, or by the oracle in double.
#pragma once
#include "synfire/def/neuron.h"
#include "tests/support/plan_check.h"

namespace synfire::testing {

using Numbers = std::vector<double>;

// Attributes of a scan: steps and a trace, and what a test adds to them.
inline Attrs scan_attrs(int64_t T, std::initializer_list<std::pair<std::string_view, Attr>> more) {
  Attrs attrs;
  attrs.set("steps", T), attrs.set("trace", true);
  for (const auto& [key, value] : more) attrs.set(key, value);
  return attrs;
}

struct ScanRun {
  Numbers y;                    // [T N]
  std::vector<Numbers> states;  // each [T N]
  Numbers dx;                   // d sum of y / d x, where it was asked for
  std::vector<int64_t> spikes() const {  // steps of them, from 1
    std::vector<int64_t> at;
    for (size_t t = 0; t < y.size(); ++t) if (y[t] > 0.5) at.push_back(static_cast<int64_t>(t) + 1);
    return at;
  }
};

struct ScanGraph {
  Graph g;
  Value x;
  Values out;
  ScanGraph(std::string_view neuron, int64_t N, int64_t rows, const Attrs& attrs) : x(g.input("x", DType::f32, {rows, N})) {
    const NeuronDef* def = Registry<NeuronDef>::find(neuron);
    if (!def) throw std::runtime_error("no neuron is called " + std::string(neuron));
    out = g.ops(def->op, {x}, attrs);
  }
};

// x [T N], N units of one batch.
inline ScanRun run_scan(std::string_view neuron, const Numbers& x, const Attrs& attrs, int64_t N = 1, bool gradient = false) {
  ScanGraph s(neuron, N, static_cast<int64_t>(x.size()) / N, attrs);
  Values keep = s.out;
  if (gradient) keep.push_back(gradients(s.g, s.g.op("sum", {s.out[0]}), {s.x})[0]);
  Store store;
  Pool pool(1);
  Plan plan(s.g, store, pool, {keep, false, 0});
  set_rows(plan.view(s.x), x);
  plan.run();
  ScanRun r;
  r.y = rows_of(plan.view(s.out[0]));
  for (size_t j = 1; j < s.out.size(); ++j) r.states.push_back(rows_of(plan.view(s.out[j])));
  if (gradient) r.dx = rows_of(plan.view(keep.back()));
  return r;
}

inline ScanRun run_scan_f64(std::string_view neuron, const Numbers& x, const Attrs& attrs, int64_t N = 1) {
  ScanGraph s(neuron, N, static_cast<int64_t>(x.size()) / N, attrs);
  Interpreter oracle(s.g, DType::f64);
  oracle.fill(s.x, x.data());
  oracle.run();
  oracle.check_guards();
  ScanRun r;
  r.y = oracle.numbers(s.out[0]);
  for (size_t j = 1; j < s.out.size(); ++j) r.states.push_back(oracle.numbers(s.out[j]));
  return r;
}

inline Numbers constant(int64_t T, double value) { return Numbers(static_cast<size_t>(T), value); }

}  // namespace synfire::testing

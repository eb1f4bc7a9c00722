// Gradients and updates as ops.
#include "synfire/train/learning.h"

#include "synfire/base/format.h"
#include "synfire/def/optimizer.h"

namespace synfire {
namespace {

Value scaled(Graph& g, Value x, double by) { return g.op("scale", {x}, {{"value", by}}); }
Value total(Graph& g, Value x) { return g.op("sum", {x}); }

Value with_penalties(Graph& g, Value loss, const Values& parameters, double l1, double l2) {
  for (Value p : parameters) {
    if (p.shape().rank() < 2) continue;
    if (l1 > 0) loss = g.op("add", {loss, scaled(g, total(g, g.op("abs", {p})), l1)});
    if (l2 > 0) loss = g.op("add", {loss, scaled(g, total(g, g.op("square", {p})), l2 / 2)});
  }
  return loss;
}

// All gradients scaled by min(1, limit / (norm + 1e-6)), the norm taken over all of them together. Pascanu et al. 2013.
void clip_to_norm(Graph& g, Values& gradients, double limit) {
  Value squares;
  for (Value d : gradients) {
    Value s = total(g, g.op("square", {d}));
    squares = squares ? g.op("add", {squares, s}) : s;
  }
  Value norm = g.op("add_scalar", {g.op("sqrt", {squares})}, {{"value", 1e-6}});
  Value factor = g.op("clamp", {g.op("div", {g.constant(limit), norm})}, {{"low", 0.0}, {"high", 1.0}});
  for (Value& d : gradients) d = g.op("mul", {d, factor});
}

Value slot(Graph& g, Value parameter, std::string_view name) {
  const ValueInfo of = g.info(parameter);
  Value s = g.state(fmt::format("{}{}/{}", kSlotPrefix, of.name, name), DType::f32, of.type.shape, {"zeros", {}});
  g.info(s).layout = of.layout, g.info(s).external = of.external;
  return s;
}

}  // namespace

Learning add_learning(Traced& t, const Net& net, const TrainSettings& settings) {
  Graph& g = *t.graph;
  const OptimizerDef* optimizer = Registry<OptimizerDef>::find(net.optimizer.kind);
  if (!optimizer) fail(Code::config, fmt::format("no optimizer is called \"{}\"", net.optimizer.kind));
  Values parameters = g.parameters();
  g.scope = "loss";
  Learning l{g.input("lr", DType::f32, {1}), g.input("step", DType::f32, {1}), with_penalties(g, t.loss, parameters, settings.l1, settings.l2), parameters, {}};
  Values d = l.gradients = gradients(g, l.loss, parameters);
  g.scope = "clipping";
  if (settings.clip_value > 0)
    for (Value& v : d) v = g.op("clamp", {v}, {{"low", -settings.clip_value}, {"high", settings.clip_value}});
  if (settings.clip_norm > 0) clip_to_norm(g, d, settings.clip_norm);
  for (size_t i = 0; i < parameters.size(); ++i) {
    const std::string name = g.info(parameters[i]).name;
    g.scope = name.substr(0, name.rfind('.'));
    Values in{parameters[i], d[i]};
    for (std::string_view s : optimizer->slots) in.push_back(slot(g, parameters[i], s));
    Values slots(in.begin() + 2, in.end());
    in.push_back(l.lr), in.push_back(l.step);
    Values out = g.ops(optimizer->op, in, net.optimizer.attrs);
    g.assign(parameters[i], out[0]);
    for (size_t s = 0; s < slots.size(); ++s) g.assign(slots[s], out[s + 1]);
  }
  g.scope.clear();
  return l;
}

}  // namespace synfire

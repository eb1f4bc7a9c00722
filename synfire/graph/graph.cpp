// Building graphs: names, shapes, scopes.
#include "synfire/graph/graph.h"

#include "synfire/base/format.h"

namespace synfire {

SYNFIRE_REGISTRY(OpDef)

Value Graph::add_value(ValueInfo info) {
  int id = static_cast<int>(values_.size());
  if (!info.name.empty() && !names_.emplace(info.name, id).second)
    fail(Code::config, fmt::format("the name \"{}\" is used twice", info.name), "give one of the layers another name");
  values_.push_back(std::move(info));
  return {this, id};
}

Value Graph::input(std::string name, DType dtype, Shape shape) {
  ValueInfo v;
  v.type = {dtype, shape}, v.kind = ValueKind::input, v.name = std::move(name);
  return add_value(std::move(v));
}

Value Graph::state(std::string name, DType dtype, Shape shape, Choice initializer) {
  ValueInfo v;
  v.type = {dtype, shape}, v.kind = ValueKind::state, v.name = std::move(name), v.initializer = std::move(initializer);
  return add_value(std::move(v));
}

Value Graph::parameter(std::string name, Shape shape, Choice initializer, int64_t fan_in, int64_t fan_out, Layout layout) {
  Value v = state(std::move(name), DType::f32, shape, std::move(initializer));
  ValueInfo& i = info(v);
  i.parameter = true, i.fan_in = fan_in, i.fan_out = fan_out, i.layout = layout;
  return v;
}

Value Graph::op(std::string_view name, Values in, Attrs attrs) { return ops(name, std::move(in), std::move(attrs)).front(); }

Values Graph::ops(std::string_view name, Values in, Attrs attrs) {
  const OpDef* def = Registry<OpDef>::find(name);
  if (!def) fail(Code::internal, fmt::format("no op is called \"{}\"", name));
  Types types;
  GraphNode node{def, {}, {}, std::move(attrs), scope};
  for (const Value& v : in) {
    if (v.graph != this) fail(Code::internal, fmt::format("op {}: an input belongs to another graph", name));
    types.push_back(info(v).type);
    node.in.push_back(v.id);
  }
  Values out;
  for (Type& t : def->infer(types, node.attrs)) {
    ValueInfo v;
    v.type = std::move(t), v.node = static_cast<int>(nodes_.size()), v.output = static_cast<int>(out.size());
    out.push_back(add_value(std::move(v)));
    node.out.push_back(out.back().id);
  }
  nodes_.push_back(std::move(node));
  return out;
}

Value Graph::constant(double value, Shape shape) {
  return op("fill", {}, {{"value", value}, {"shape", std::vector<int64_t>(shape.begin(), shape.end())}});
}

void Graph::assign(Value state, Value next) {
  if (info(state).kind != ValueKind::state) fail(Code::internal, "only a state can be assigned");
  if (!(info(state).type == info(next).type))
    fail(Code::shape, fmt::format("state {} of shape {} is given {}", info(state).name, state.shape().str(), next.shape().str()));
  assignments_.push_back({state.id, next.id});
}

Value Graph::find(std::string_view name) const {
  auto it = names_.find(std::string(name));
  return it == names_.end() ? Value{} : value(it->second);
}

Values Graph::parameters() const {
  Values v;
  for (size_t i = 0; i < values_.size(); ++i) if (values_[i].parameter) v.push_back(value(static_cast<int>(i)));
  return v;
}

}  // namespace synfire

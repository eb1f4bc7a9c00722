// What layers ask of their builder.
#include "synfire/def/layer.h"

#include "synfire/base/random.h"

namespace synfire {

SYNFIRE_REGISTRY(LayerDef)
SYNFIRE_REGISTRY(ActivationDef)

static constexpr std::string_view kLayerRoles[] = {"layer", "neuron", "activation"};

const Entry* layer_entry(std::string_view kind) {
  for (std::string_view role : kLayerRoles) if (const Entry* e = find_entry(role, kind)) return e;
  return nullptr;
}

std::vector<const Entry*> layer_entries() {
  std::vector<const Entry*> all;
  for (std::string_view role : kLayerRoles)
    for (const auto& [key, e] : catalogue()) if (e.role == role) all.push_back(&e);
  return all;
}

Value apply_activation(Graph& g, const Choice& activation, Value x) {
  const ActivationDef* def = Registry<ActivationDef>::find(activation.kind);
  if (!def) fail(Code::config, fmt::format("no activation is called \"{}\"", activation.kind));
  return def->apply(g, x, activation.attrs);
}

Value Builder::param(std::string_view name, const Shape& shape, const Choice& init, int64_t fan_in, int64_t fan_out, External external) {
  Value v = graph.parameter(fmt::format("{}.{}", layer, name), shape, init, fan_in, fan_out, shape.rank() >= 2 ? Layout::panels : Layout::rows);
  graph.info(v).external = std::move(external);
  return v;
}

Value Builder::vector_param(std::string_view name, int64_t n, const Choice& init, int64_t fan_in) {
  return graph.parameter(fmt::format("{}.{}", layer, name), {n}, init, fan_in, n, Layout::rows);
}

Value Builder::state(std::string_view name, const Shape& shape, const Choice& init) {
  return graph.state(fmt::format("{}.{}", layer, name), DType::f32, shape, init);
}

Value Builder::flattened(Value x) {
  const Shape& s = x.shape();
  if (s.rank() == 2) return x;
  Value flat = op("reshape", {x}, {{"shape", std::vector<int64_t>{s[0], s.from(1)}}});
  if (sparse(x)) spikes.insert(flat.id);
  return flat;
}

Value Builder::over_time(Value x) {
  return changes(x) || steps == 1 ? x : op("repeat_rows", {x}, {{"times", steps}});
}

Value Builder::last_step(Value x) {
  return changes(x) ? op("rows", {x}, {{"first", x.shape()[0] - batch}, {"count", batch}}) : x;
}

Value Builder::clock() {
  Value v = graph.find("clock");
  return v ? v : graph.input("clock", DType::i64, {1});
}

uint32_t Builder::stream(std::string_view what) const { return stream_of(fmt::format("{}/{}", layer, what)); }

}  // namespace synfire

// Making plans of a network.
#include "synfire/train/model.h"

#include <algorithm>

#include "synfire/data/source.h"
#include "synfire/def/neuron.h"

namespace synfire {

DataInfo info_of(const Source& s) { return {s.data.sample, s.data.classes(), s.data.target_count(), int64_t(s.split.train.size())}; }

namespace {

// Whether a measuring plan keeps what a layer puts out: of those that learn a matrix, end with an activation, or fire. What norms, sums and pools
// give is told by the layers around them, and would take half as much memory again in a residual network.
bool shows(const LayerSpec& l, const Graph& g, const Values& parameters) {
  if (const NeuronDef* neuron = Registry<NeuronDef>::find(l.kind); neuron && neuron->fires) return true;
  const Choice* activation = l.attrs.choice("activation");
  if ((activation && activation->kind != "linear") || Registry<ActivationDef>::find(l.kind)) return true;
  return std::any_of(parameters.begin(), parameters.end(), [&](Value p) {
    const std::string& name = g.info(p).name;
    return p.shape().rank() > 1 && std::string_view(name).substr(0, name.rfind('.')) == l.name;
  });
}

}  // namespace

Model::Model(Net net, DataInfo data, TrainSettings settings, Pool& pool, bool keep_output)
    : net_(std::move(net)), data_(std::move(data)), settings_(std::move(settings)), pool_(pool), keep_output_(keep_output) {}

Executable& Model::get(Mode mode, int64_t batch, Use use) {
  auto key = std::tuple(mode, batch, use);
  auto it = executables_.find(key);
  if (it == executables_.end()) it = executables_.emplace(key, make(mode, batch, use)).first;
  return it->second;
}

Executable Model::make(Mode mode, int64_t batch, Use use) {
  Traced t = trace(net_, data_, batch, mode, static_cast<uint64_t>(settings_.seed));
  if (rows_.empty()) rows_ = t.rows;
  bool measure = use == Use::measure, output = mode == Mode::evaluate || keep_output_ || measure;
  Learning l;
  l.loss = t.loss;
  if (mode == Mode::train) l = add_learning(t, net_, settings_);
  PlanOptions options;
  options.keep = {l.loss}, options.check_numbers = use == Use::check, options.seed = static_cast<uint64_t>(settings_.seed);
  if (output) options.keep.push_back(t.output);
  std::vector<char> shown(t.layers.size());
  if (measure) {
    for (size_t i = 0; i < shown.size(); ++i)
      if ((shown[i] = shows(net_.layers[i], *t.graph, l.parameters))) options.keep.push_back(t.layers[i]);
    options.look = l.gradients;
  } else if (auto it = executables_.find({mode, batch, Use::measure}); it != executables_.end()) {
    options.room = &it->second.plan;
  }
  Executable e{batch, mode, Plan(*t.graph, store_, pool_, options)};
  e.x = e.plan.view(t.x), e.target = e.plan.view(t.target);
  if (output) e.output = e.plan.view(t.output);
  e.loss = e.plan.view(l.loss).f32();
  if (l.lr) e.lr = e.plan.view(l.lr).f32(), e.step = e.plan.view(l.step).f32();
  if (View clock = e.plan.input("clock"); clock.data) e.clock = clock.as<int64_t>();
  if (!measure) return e;
  for (size_t i = 0; i < shown.size(); ++i) e.layers.push_back(shown[i] ? e.plan.view(t.layers[i]) : View{});
  for (size_t i = 0; i < l.parameters.size(); ++i) e.gradients.emplace_back(store_.find(t.graph->info(l.parameters[i]).name), e.plan.view(l.gradients[i]));
  return e;
}

int64_t Model::bytes() const {
  int64_t n = store_.bytes();
  for (const auto& [key, e] : executables_) n += e.plan.arena_bytes();
  return n;
}

int64_t Model::parameter_count() const {
  int64_t n = 0;
  for (const auto& s : store_.states()) if (s->parameter) n += s->type.shape.numel();
  return n;
}

}  // namespace synfire

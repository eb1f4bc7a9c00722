// trace(): a Net becomes a graph for one batch size, layer by layer, with every shape checked on the way.
#include <functional>
#include <map>

#include "synfire/base/format.h"
#include "synfire/def/encoder.h"
#include "synfire/def/neuron.h"
#include "synfire/model/net.h"
#include "synfire/model/unroll.h"

namespace synfire {
namespace {

// What the nodes added since `first` cost, in floating-point operations, and the parameters that came with them.
void measure(const Graph& g, size_t first_node, size_t first_value, int64_t batch, LayerRow& row) {
  for (size_t i = first_node; i < g.nodes().size(); ++i) {
    const GraphNode& n = g.nodes()[i];
    if (!n.op->flops) continue;
    Types in;
    for (int v : n.in) in.push_back(g.values()[v].type);
    row.macs += n.op->flops(in, n.attrs) / 2 / static_cast<double>(batch);
  }
  for (size_t i = first_value; i < g.values().size(); ++i)
    if (g.values()[i].parameter) row.parameters += g.values()[i].type.shape.numel();
}

[[noreturn]] void refuse_layer(const LayerSpec& l, const Failure& f) {
  std::vector<Error> errors = f.errors();
  for (Error& e : errors) {
    if (e.where.file.empty()) e.where = l.where;
    e.message = fmt::format("layer \"{}\": {}", l.name, e.message);
  }
  throw Failure(std::move(errors));
}

Value build_layer(Builder& b, const LayerSpec& l, const Values& in) {
  try {
    if (const LayerDef* def = Registry<LayerDef>::find(l.kind)) return def->build(b, in, l.attrs);
    if (const NeuronDef* def = Registry<NeuronDef>::find(l.kind)) return build_neurons(b, in[0], *def, l.attrs);
    return apply_activation(b.graph, {l.kind, l.attrs}, in[0]);
  } catch (const Failure& f) {
    refuse_layer(l, f);
  }
}

std::string batchless(const Shape& s) { return s.slice(1, s.rank()).str(); }

// The end of the network against what the data asks for.
void check_output(const Net& net, const DataInfo& data, const Shape& output) {
  int64_t wanted = data.classes > 0 ? data.classes : data.targets;
  if (output.rank() == 2 && output[1] == wanted) return;
  const LayerSpec& last = net.layers.back();
  std::string_view what = data.classes > 0 ? "classes" : "targets";
  std::string_view hint = output.rank() > 2 ? "flatten or pool the image and end with a layer of kind \"dense\", units = \"{}\"" : "end with a layer of kind \"dense\", units = \"{}\"";
  fail(Code::shape, last.where, fmt::format("layer \"{}\": the network ends in {}, the data has {} {}", last.name, batchless(output), wanted, what), fmt::format(fmt::runtime(hint), what));
}

// What the first layer gets: samples, or a sequence of what they have at each step.
Value enter_time(Builder& b, const Net& net, const DataInfo& data, Value x) {
  const Shape& s = data.sample;
  if (!net.time.over.empty() && s.rank() != 3) fail(Code::config, net.time.where, fmt::format("time.over = \"{}\" goes over images, and the samples are {}", net.time.over, s.str()), "leave time.over out");
  if (net.time.over.empty() && s.rank() != 2) return encode(b, x, net.time.encode);
  return b.op("time_first", {b.op("reshape", {x}, {{"shape", std::vector<int64_t>{b.batch, b.steps, s.numel() / b.steps}}})});
}

const LossDef& loss_of(const Net& net) {
  const LossDef* loss = Registry<LossDef>::find(net.loss.kind);
  if (!loss) fail(Code::config, fmt::format("no loss is called \"{}\"", net.loss.kind));
  return *loss;
}

void add_loss(Traced& t, Builder& b, const Net& net, const LossDef& loss, Value last) {
  const LayerSpec& l = net.layers.back();
  const NeuronDef* neuron = Registry<NeuronDef>::find(l.kind);
  bool changes = b.changes(last), fires = neuron && neuron->fires;
  if (!loss.over_time) {
    if (changes) fail(Code::config, l.where, fmt::format("layer \"{}\": puts something out at every step, and the loss \"{}\" takes one output a sample", l.name, loss.name),
                      "a layer of kind \"readout\" at the end makes one of them; or take a loss over time: `synfire list loss`");
    t.output = last, t.loss = loss.build(b.graph, last, t.target, net.loss.attrs);
    return;
  }
  if (!changes && b.steps > 1) last = b.over_time(last);
  Sequence s{last, {}, b.steps, fires};
  if (auto it = b.membranes.find(last.id); it != b.membranes.end()) s.membrane = it->second;
  if (!fires && neuron) s.membrane = last;
  if (loss.needs_spikes && !fires) fail(Code::config, l.where, fmt::format("layer \"{}\": does not fire, and the loss \"{}\" counts spikes", l.name, loss.name), "end with a neuron that fires, such as kind = \"leaky\"");
  if (loss.needs_membrane && !s.membrane) fail(Code::config, l.where, fmt::format("layer \"{}\": has no membrane, which the loss \"{}\" looks at", l.name, loss.name), "end with a neuron, such as kind = \"li\"");
  TimeLoss made = loss.over_time(b.graph, s, t.target, net.loss.attrs);
  t.output = made.output, t.loss = made.loss;
}

}  // namespace

Traced trace(const Net& net, const DataInfo& data, int64_t batch, Mode mode, uint64_t seed) {
  if (net.layers.empty()) fail(Code::config, "the network has no layers", "add a [[layer]]");
  Traced t;
  t.graph = std::make_unique<Graph>();
  Graph& g = *t.graph;
  Shape input{batch};
  for (int64_t d : data.sample) input.push_back(d);
  t.x = g.input("x", DType::f32, input);
  t.target = data.classes > 0 ? g.input("target", DType::i32, {batch}) : g.input("target", DType::f32, {batch, data.targets});
  const LossDef& loss = loss_of(net);
  Builder b(g, mode == Mode::train);
  b.seed = seed, b.batch = batch, b.steps = steps_of(net.time, data.sample), b.dt = double(net.time.dt), b.keep_membranes = loss.needs_membrane;
  g.scope = kInput;
  Value previous = enter_time(b, net, data, t.x);
  std::map<std::string, Value, std::less<>> made{{std::string(kInput), previous}};
  for (const LayerSpec& l : net.layers) {
    Values in;
    for (const std::string& name : l.from) {
      auto it = made.find(name);
      if (it == made.end()) fail(Code::config, l.where, fmt::format("layer \"{}\": no layer is called \"{}\"", l.name, name));
      in.push_back(it->second);
    }
    if (in.empty()) in.push_back(previous);
    size_t first_node = g.nodes().size(), first_value = g.values().size();
    b.layer = g.scope = l.name;
    previous = build_layer(b, l, in);
    made[l.name] = previous;
    LayerRow row{l.name, l.kind, l.from, in[0].shape(), previous.shape()};
    measure(g, first_node, first_value, batch, row);
    t.rows.push_back(std::move(row)), t.layers.push_back(previous);
  }
  check_output(net, data, previous.shape());
  g.scope = "loss";
  add_loss(t, b, net, loss, previous);
  g.scope.clear();
  return t;
}

}  // namespace synfire

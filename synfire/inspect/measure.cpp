// Looking at a step that a measuring plan has run. At most some 100,000 numbers a layer are looked at, and 30,000 counted, so the cost has a bound.
#include "synfire/inspect/measure.h"

#include <algorithm>

#include "synfire/def/neuron.h"

namespace synfire {
namespace {

constexpr int64_t kMostWeights = 1 << 15, kMostActivations = 1 << 17, kMostCounted = 1 << 15;
constexpr int64_t kWindow = 1000;         // samples after which a unit that gave nothing counts as dead for good
constexpr double kNearEnd = 0.015;        // of the range: |tanh| > 0.97, sigmoid outside [0.015, 0.985]
constexpr double kMostly = 0.95;

double share_of_top(const std::vector<int64_t>& counts, int64_t n) { return n ? double(*std::max_element(counts.begin(), counts.end())) / double(n) : kNoNumber; }

void look_at_classes(const Executable& e, Measurement& m) {
  int64_t width = e.output.shape[1];
  std::vector<int64_t> predicted(static_cast<size_t>(width)), actual(predicted);
  const float* x = e.output.f32();
  for (int64_t i = 0; i < e.batch; ++i, x += width) ++predicted[size_t(std::max_element(x, x + width) - x)], ++actual[size_t(e.target.as<int32_t>()[i])];
  m.top_predicted = share_of_top(predicted, e.batch), m.top_actual = share_of_top(actual, e.batch);
}

// Of a batch, so many samples that not more than `most` numbers are looked at. What changes over time has [T B, …].
int64_t samples_within(const View& v, int64_t batch, int64_t most) {
  int64_t n = std::min(batch, v.shape[0]), each = std::max<int64_t>(v.shape.numel() / std::max<int64_t>(n, 1), 1);
  return std::clamp<int64_t>(most / each, 1, n);
}

}  // namespace

Ends ends_of(const Choice& activation) {
  Ends e;
  Graph g;
  Value x = g.input("x", DType::f32, {8}), y = apply_activation(g, activation, x);
  if (y == x || !g.nodes().back().op->block) return e;
  const GraphNode& n = g.nodes().back();
  if (n.in.size() != 1 || n.in[0] != x.id) return e;
  float at[8] = {-1e4f, -30, -10, -1, 1, 10, 30, 1e4f}, out[8];
  const float* in = at;
  float* to = out;
  std::vector<std::byte> params = n.op->pack_params(n.attrs);
  n.op->block(&in, &to, 8, params.data());
  e.can_die = out[0] == 0 && out[1] == 0 && out[2] == 0 && out[3] == 0 && out[4] != 0;
  float range = out[7] - out[0];
  e.saturates = range > 0 && range < 100 && std::abs(out[7] - out[6]) < 1e-3f * range && std::abs(out[0] - out[1]) < 1e-3f * range;
  e.low = out[0] + float(kNearEnd) * range, e.high = out[7] - float(kNearEnd) * range;
  return e;
}

const Choice* activation_of(const LayerSpec& l, Choice& own) {
  if (const Choice* c = l.attrs.choice("activation")) return c;
  if (!Registry<ActivationDef>::find(l.kind)) return nullptr;
  own = {l.kind, l.attrs};
  return &own;
}

Measurer::Measurer(Model& model, const Executable& e) : model_(model) {
  size_t widest = 0;
  for (const LayerSpec& spec : model.net().layers) {
    Layer l;
    bool matrix = false;
    auto mine = [&](const StoredState& s) { return std::string_view(s.name).substr(0, s.name.rfind('.')) == spec.name; };
    for (const auto& [state, gradient] : e.gradients) matrix |= mine(*state) && state->type.shape.rank() > 1;
    size_t looked_at = 0;
    for (const auto& [state, gradient] : e.gradients) {
      if (!mine(*state) || (matrix && state->type.shape.rank() < 2)) continue;
      Pick sample(state->view, kMostWeights);
      looked_at += size_t(sample.size());
      l.weights.push_back({state, &gradient, sample, std::vector<float>(size_t(sample.size()))});
    }
    Choice own;
    if (const Choice* c = activation_of(spec, own)) l.ends = ends_of(*c);
    if (const NeuronDef* neuron = Registry<NeuronDef>::find(spec.kind); neuron && neuron->fires) l.ends = {true, true, -1, 0.5f};
    layers_.push_back(std::move(l)), widest = std::max(widest, looked_at);
  }
  weights_.resize(widest), gradients_.resize(widest);
}

void Measurer::before() {
  for (Layer& l : layers_)
    for (Parameter& p : l.weights) p.sample.gather(p.state->view, p.before.data());
}

void Measurer::forget() {
  window_ = 0;
  for (Layer& l : layers_) l.quiet.clear();
}

void Measurer::look_at_weights(const Executable&, Layer& l, LayerHealth& h, bool histograms) {
  double weights = 0, gradients = 0, updates = 0;
  int64_t n = 0;
  for (Parameter& p : l.weights) {
    float *w = weights_.data() + n, *d = gradients_.data() + n;
    int64_t size = p.sample.size();
    p.sample.gather(p.state->view, w), p.sample.gather(*p.gradient, d);
    for (int64_t i = 0; i < size; ++i) p.before[size_t(i)] = w[i] - p.before[size_t(i)];
    double share = p.sample.share();
    weights += moments(w, size).squares / share, gradients += moments(d, size).squares / share;
    updates += moments(p.before.data(), size).squares / share;
    h.weights += p.state->type.shape.numel(), n += size;
  }
  if (n == 0) return;
  h.weight_norm = std::sqrt(weights), h.gradient_norm = std::sqrt(gradients);
  h.update_ratio = weights > 0 ? std::sqrt(updates / weights) : kNoNumber;
  if (!histograms) return;
  h.weight_counts = histogram(weights_.data(), moments(weights_.data(), n)), h.gradient_counts = histogram(gradients_.data(), moments(gradients_.data(), n));
}

// Of each unit: in how many of the rows it is silent, or at an end. x: [rows * positions][units].
void Measurer::look_at_units(Layer& l, LayerHealth& h, const float* x, int64_t rows, int64_t positions, int64_t units) {
  units_.assign(size_t(units), 0);
  int32_t* count = units_.data();
  const float *begin = x, *end = x + rows * positions * units, low = l.ends.low, high = l.ends.high;
  if (l.ends.can_die) {
    for (; x != end; x += units) for (int64_t u = 0; u < units; ++u) count[u] |= x[u] != 0;
    l.quiet.resize(size_t(units));
    int64_t dead = 0;
    for (int64_t u = 0; u < units; ++u) {
      int64_t& quiet = l.quiet[size_t(u)];
      quiet = count[u] ? 0 : quiet + rows;
      dead += quiet >= std::min(window_, kWindow);
    }
    h.dead = double(dead) / double(units);
  }
  if (l.ends.saturates) {
    units_.assign(size_t(units), 0);
    for (x = begin; x != end; x += units) for (int64_t u = 0; u < units; ++u) count[u] += (x[u] < low) | (x[u] > high);
    int64_t full = std::count_if(units_.begin(), units_.end(), [&](int32_t n) { return n > kMostly * double(rows * positions); });
    h.saturated = double(full) / double(units);
  }
}

void Measurer::look_at_output(Layer& l, LayerHealth& h, const View& v, int64_t batch, bool histograms) {
  int64_t rows = samples_within(v, batch, kMostActivations), each = v.shape.from(1), units = v.shape[-1], steps = std::max<int64_t>(1, v.shape[0] / batch);
  const float* x = v.f32();
  if (steps > 1) {  // all steps of some samples
    rows_.clear();
    for (int64_t t = 0; t < steps; ++t) rows_.insert(rows_.end(), x + t * batch * each, x + (t * batch + rows) * each);
    x = rows_.data(), each *= steps;
  }
  Moments m = moments(x, rows * each);
  h.mean = m.mean(), h.deviation = m.deviation();
  if (histograms) h.activation_counts = histogram(x, rows * each > kMostCounted ? moments(x, std::max<int64_t>(1, kMostCounted / std::max<int64_t>(each, 1)) * each) : m);
  if (units > 0) look_at_units(l, h, x, rows, each / units, units);
}

Measurement Measurer::measure(const Executable& e, bool histograms) {
  Measurement m;
  int64_t rows = samples_within(e.x, e.batch, kMostActivations);
  Moments input = moments(e.x.f32(), rows * e.x.shape.from(1));
  m.input_mean = input.mean(), m.input_deviation = input.deviation(), m.input_low = input.low, m.input_high = input.high;
  if (e.target.dtype == DType::i32) look_at_classes(e, m);
  int64_t least = e.batch;  // a layer with many units an image is looked at for fewer samples
  for (const View& v : e.layers) if (v.data) least = std::min(least, samples_within(v, e.batch, kMostActivations));
  window_ += least, m.window = std::min(window_, kWindow);
  for (size_t i = 0; i < layers_.size(); ++i) {
    const LayerSpec& spec = model_.net().layers[i];
    LayerHealth h;
    h.name = spec.name, h.kind = spec.kind;
    look_at_weights(e, layers_[i], h, histograms);
    if (e.layers[i].data) look_at_output(layers_[i], h, e.layers[i], e.batch, histograms);
    m.layers.push_back(std::move(h));
  }
  return m;
}

}  // namespace synfire

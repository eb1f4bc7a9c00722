// Layers from the model's table; filters from its store.
#include "synfire/report/network.h"

#include <algorithm>
#include <cmath>

#include "synfire/base/format.h"
#include "synfire/report/pack.h"

namespace synfire {
namespace {

constexpr int64_t kMostFilters = 64, kMostSide = 64;

Node dims_of(const Shape& s) {
  Node n = Node::array();
  for (int i = 1; i < s.rank(); ++i) n.items.push_back(Node::of(s[i]));
  return n;
}

// What the layer was told, but for what stands in a column of its own: "kernel = [3, 3], activation = "relu"".
std::string settings_of(const LayerSpec& layer) {
  std::string s;
  for (const auto& [name, value] : layer.attrs.list()) s += fmt::format("{}{} = {}", s.empty() ? "" : ", ", name, text_of(value));
  return s;
}

Node layers_of(const Model& model) {
  Node list = Node::array();
  for (const LayerRow& r : model.rows()) {
    Node n = Node::table(), from = Node::array();
    for (const std::string& f : r.from) from.items.push_back(Node::of(f));
    n.set("name", Node::of(r.name)), n.set("kind", Node::of(r.kind)), n.set("from", std::move(from)), n.set("input", dims_of(r.input)), n.set("output", dims_of(r.output));
    n.set("parameters", Node::of(r.parameters)), n.set("macs", Node::of(r.macs));
    auto spec = std::find_if(model.net().layers.begin(), model.net().layers.end(), [&](const LayerSpec& l) { return l.name == r.name; });
    if (spec != model.net().layers.end()) n.set("settings", Node::of(settings_of(*spec)));
    list.items.push_back(std::move(n));
  }
  return list;
}

// Weights [count][channels][height][width], as files have them, as bytes [count][height][width][channels]; each filter fills the range.
Node filters_of(const std::string& layer, const std::vector<float>& weights, int64_t count, int64_t channels, int64_t height, int64_t width) {
  Node n = Node::table(), scale = Node::array();
  int64_t size = channels * height * width, shown = std::min(count, kMostFilters);
  std::vector<int8_t> bytes(size_t(shown * size));
  for (int64_t f = 0; f < shown; ++f) {
    const float* w = weights.data() + f * size;
    float largest = 0;
    for (int64_t i = 0; i < size; ++i) largest = std::max(largest, std::abs(w[i]));
    scale.items.push_back(Node::of(double(largest)));
    for (int64_t c = 0; c < channels; ++c)
      for (int64_t i = 0; i < height * width; ++i)
        bytes[size_t((f * height * width + i) * channels + c)] = int8_t(largest > 0 && std::isfinite(largest) ? std::lround(w[c * height * width + i] / largest * 127) : 0);
  }
  n.set("layer", Node::of(layer)), n.set("count", Node::of(count)), n.set("height", Node::of(height)), n.set("width", Node::of(width)), n.set("channels", Node::of(channels));
  n.set("largest", std::move(scale)), n.set("weights", Node::of(packed(bytes)));
  return n;
}

// The parameter that meets the image first: kernels of a convolution, or rows of a product with the whole image.
Node first_filters(const Model& model, const Store& store) {
  const Shape& sample = model.data().sample;
  if (sample.rank() != 3) return {};
  for (const auto& s : store.states()) {
    Shape shape = store.external_shape(*s);
    if (!s->parameter || shape.rank() < 2) continue;
    bool kernels = shape.rank() == 4, rows = shape.rank() == 2 && shape[1] == sample.numel();
    int64_t channels = kernels ? shape[1] : sample[2], height = kernels ? shape[2] : sample[0], width = kernels ? shape[3] : sample[1];
    if ((!kernels && !rows) || std::max(height, width) > kMostSide || height * width < 4 || channels > 16) return {};
    std::vector<float> weights(size_t(shape.numel()));
    store.read(*s, weights.data());
    return filters_of(s->name.substr(0, s->name.rfind('.')), weights, shape[0], channels, height, width);
  }
  return {};
}

}  // namespace

Node network_card(Model& model, bool with_filters) {
  model.evaluation(1);  // so that there are rows and states
  Node n = Node::table();
  double macs = 0;
  for (const LayerRow& r : model.rows()) macs += r.macs;
  n.set("layers", layers_of(model)), n.set("parameters", Node::of(model.parameter_count())), n.set("macs", Node::of(macs)), n.set("bytes", Node::of(model.store().bytes()));
  if (!with_filters) return n;
  if (Node filters = first_filters(model, model.store()); !filters.is(Node::Kind::none)) n.set("filters", std::move(filters));
  return n;
}

}  // namespace synfire

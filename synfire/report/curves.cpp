// Reading of logs, a line at a time.
#include "synfire/report/curves.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "synfire/base/format.h"
#include "synfire/base/reader.h"
#include "synfire/interop/csv.h"
#include "synfire/model/toml.h"
#include "synfire/report/pack.h"

namespace synfire {
namespace {

constexpr uint64_t kMostBytes = uint64_t{1} << 33;  // of a log: some 100 million steps

struct Step { int64_t step = 0; float loss = 0, rate = 0; };

// The line that the trainer writes each step, read without a tree: {"step":1,"epoch":1,"loss":2.29,"lr":0.0002}.
std::optional<Step> step_of(std::string_view line) {
  Step s;
  const char *at = line.data(), *end = line.data() + line.size();
  auto word = [&](std::string_view w) {
    if (size_t(end - at) < w.size() || std::string_view(at, w.size()) != w) return false;
    at += w.size();
    return true;
  };
  auto number = [&](auto& v) {
    auto [next, error] = std::from_chars(at, end, v);
    at = next;
    return error == std::errc();
  };
  int64_t epoch;
  if (word("{\"step\":") && number(s.step) && word(",\"epoch\":") && number(epoch) && word(",\"loss\":") && number(s.loss) && word(",\"lr\":") && number(s.rate) && word("}") && at == end) return s;
  return std::nullopt;
}

// Calls each(line) for every whole line, and notes how many lines it refused, or that the file cannot be read at all.
template <class F>
void each_line(const std::string& path, const char* file, Notes& notes, const F& each) {
  std::vector<std::byte> bytes;
  try {
    bytes = read_file(path, kMostBytes);
  } catch (const Failure& f) {
    notes.push_back(fmt::format("{} is left out: it {}", file, f.errors().front().message));
  }
  std::string_view text = text_of(bytes);
  int64_t refused = 0;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && !each(line)) ++refused;
  }
  if (refused > 0) notes.push_back(fmt::format("{} line{} of {} could not be read and {} left out", refused, refused == 1 ? "" : "s", file, refused == 1 ? "is" : "are"));
}

std::optional<Node> tree_of(std::string_view line, const std::string& file) {
  try {
    return parse_json(line, file, true);
  } catch (const Failure&) {
    return std::nullopt;
  }
}

double real_of(const Node& table, std::string_view key) {
  const Node* n = table.find(key);
  return n && n->is_number() ? n->real : std::numeric_limits<double>::quiet_NaN();
}

int32_t whole_of(const Node& table, std::string_view key) {
  const Node* n = table.find(key);
  return n && n->is(Node::Kind::integer) ? int32_t(std::clamp<int64_t>(n->integer, 0, INT32_MAX)) : 0;
}

// Seconds since the start at the end of each epoch, by the step that ended it.
std::vector<std::pair<int64_t, double>> seconds_of(const std::string& run) {
  std::vector<std::pair<int64_t, double>> list;
  try {
    Csv csv = Csv::read(run + "/metrics.csv", {',', Csv::Header::yes});
    int64_t step = -1, seconds = -1;
    for (int64_t c = 0; c < csv.columns(); ++c) step = csv.names()[size_t(c)] == "step" ? c : step, seconds = csv.names()[size_t(c)] == "seconds" ? c : seconds;
    for (int64_t r = 0; step >= 0 && seconds >= 0 && r < csv.rows(); ++r) {
      auto at = csv.number(r, step), s = csv.number(r, seconds);
      if (at && s && std::abs(*at) < 1e15) list.emplace_back(int64_t(*at), *s);
    }
  } catch (const Failure&) {  // a killed run's file may end inside a row; the curves do without seconds
  }
  return list;
}

void add_seconds(Node& epochs, const std::vector<std::pair<int64_t, double>>& seconds) {
  size_t k = 0;
  for (Node& e : epochs.items) {
    double step = real_of(e, "step");
    while (k < seconds.size() && double(seconds[k].first) < step) ++k;
    if (k < seconds.size() && double(seconds[k].first) == step) e.set("seconds", Node::of(seconds[k].second));
  }
}

}  // namespace

Node read_curves(const std::string& run, Notes& notes) {
  Node curves = Node::table(), epochs = Node::array();
  std::vector<int32_t> steps;
  std::vector<float> losses, rates;
  std::string path = run + "/metrics.jsonl";
  auto take = [&](std::string_view line) {
    if (std::optional<Step> s = step_of(line)) {
      steps.push_back(int32_t(std::clamp<int64_t>(s->step, 0, INT32_MAX))), losses.push_back(s->loss), rates.push_back(s->rate);
      return true;
    }
    std::optional<Node> tree = tree_of(line, path);
    if (!tree || !tree->find("step")) return false;
    if (tree->find("train")) epochs.items.push_back(std::move(*tree));
    else steps.push_back(whole_of(*tree, "step")), losses.push_back(float(real_of(*tree, "loss"))), rates.push_back(float(real_of(*tree, "lr")));
    return true;
  };
  if (is_there(path)) each_line(path, "metrics.jsonl", notes, take);
  else notes.push_back("the run has no metrics.jsonl, so there are no curves");
  add_seconds(epochs, seconds_of(run));
  bool counting = true;
  for (size_t i = 1; i < steps.size(); ++i) counting = counting && int64_t{steps[i]} == int64_t{steps[i - 1]} + 1;
  curves.set("first", Node::of(int64_t{steps.empty() ? 1 : steps[0]}));
  if (!counting) curves.set("steps", Node::of(packed(steps)));
  curves.set("loss", Node::of(packed(losses))), curves.set("rate", Node::of(packed(rates)));
  curves.set("epochs", std::move(epochs));
  return curves;
}

namespace {

constexpr const char* kMeasures[] = {"weight_norm", "grad_norm", "update_ratio", "activation_mean", "activation_std", "dead", "saturated"};
constexpr const char* kHistograms[] = {"weights", "gradients", "activations"};
constexpr size_t kMostHistograms = 14;  // a layer; of more, every second is left out again and again

struct LayerLog {
  std::string name, kind;
  std::vector<float> values[std::size(kMeasures)];
  Node histograms = Node::array();
};

void add_measured(LayerLog& log, const Node& layer, const Node& line, size_t before) {
  Node histogram = Node::table();
  for (size_t m = 0; m < std::size(kMeasures); ++m) {
    log.values[m].resize(before, std::numeric_limits<float>::quiet_NaN());
    log.values[m].push_back(float(real_of(layer, kMeasures[m])));
  }
  for (const char* h : kHistograms)
    if (const Node* n = layer.find(h); n && n->is(Node::Kind::table)) histogram.set(h, *n);
  if (histogram.fields.empty()) return;
  histogram.set("step", Node::of(int64_t{whole_of(line, "step")}));
  log.histograms.items.push_back(std::move(histogram));
}

void thin(Node& list) {
  while (list.items.size() > kMostHistograms) {
    std::vector<Node> half;
    for (size_t i = 0; i < list.items.size(); i += 2) half.push_back(std::move(list.items[i]));
    list.items.swap(half);
  }
}

}  // namespace

Node read_health(const std::string& run, Notes& notes) {
  std::string log = run + "/health.jsonl", verdict = run + "/health.json";
  bool measured = is_there(log), judged = is_there(verdict);
  if (!measured && !judged) return {};
  Node health = Node::table(), layers = Node::array();
  std::vector<int32_t> steps;
  std::vector<LayerLog> logs;
  auto take = [&](std::string_view line) {
    std::optional<Node> tree = tree_of(line, log);
    const Node* list = tree ? tree->find("layers") : nullptr;
    if (!list || list->items.empty() || !tree->find("step")) return false;
    bool first = logs.empty();  // its layers are those of the network, in their order; a line that has others is none of this run
    if (!first && list->items.size() != logs.size()) return false;
    for (size_t i = 0; i < list->items.size(); ++i) {
      const Node* name = list->items[i].find("name");
      if (!name || (!first && logs[i].name != name->text)) return false;
    }
    for (const Node& layer : list->items) {
      const Node* kind = layer.find("kind");
      if (first) logs.push_back({layer.find("name")->text, kind ? kind->text : "", {}, Node::array()});
    }
    for (size_t i = 0; i < logs.size(); ++i) add_measured(logs[i], list->items[i], *tree, steps.size());
    steps.push_back(whole_of(*tree, "step"));
    return true;
  };
  if (measured) each_line(log, "health.jsonl", notes, take);
  for (LayerLog& l : logs) {
    Node layer = Node::table();
    layer.set("name", Node::of(l.name)), layer.set("kind", Node::of(l.kind));
    for (size_t m = 0; m < std::size(kMeasures); ++m) {
      l.values[m].resize(steps.size(), std::numeric_limits<float>::quiet_NaN());
      layer.set(kMeasures[m], Node::of(packed(l.values[m])));
    }
    thin(l.histograms);
    layer.set("histograms", std::move(l.histograms));
    layers.items.push_back(std::move(layer));
  }
  health.set("steps", Node::of(packed(steps))), health.set("layers", std::move(layers));
  if (!judged) return health;
  std::optional<Node> tree;
  try {
    std::vector<std::byte> bytes = read_file(verdict, 64 << 20);
    tree = tree_of(text_of(bytes), verdict);
  } catch (const Failure&) {}
  if (Node* findings = tree ? tree->find("findings") : nullptr) health.set("findings", std::move(*findings));
  else notes.push_back("health.json could not be read and is left out");
  return health;
}

}  // namespace synfire

// Lines of health.jsonl, written and read.
#include "synfire/inspect/health_log.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "synfire/base/atomic_file.h"
#include "synfire/base/format.h"
#include "synfire/model/toml.h"

namespace synfire {
namespace {

constexpr uint64_t kMostBytes = uint64_t{1} << 30;

std::string number(double v) { return std::isfinite(v) ? fmt::format("{:.6g}", v) : "null"; }
std::string text(const std::string& s) { return write_json(Node::of(s)); }

void append(std::string& to, std::string_view name, const Histogram& h) {
  if (h.counts.empty()) return;
  to += fmt::format(",\"{}\":{{\"min\":{},\"max\":{},\"counts\":[", name, number(h.min), number(h.max));
  for (size_t i = 0; i < h.counts.size(); ++i) to += fmt::format("{}{}", i ? "," : "", h.counts[i]);
  to += "]}";
}

void append(std::string& to, const LayerHealth& l) {
  to += fmt::format("{{\"name\":{},\"kind\":{},\"parameters\":{},\"weight_norm\":{},\"grad_norm\":{},\"update_ratio\":{},\"activation_mean\":{},\"activation_std\":{},\"dead\":{},\"saturated\":{}",
               text(l.name), text(l.kind), l.weights, number(l.weight_norm), number(l.gradient_norm), number(l.update_ratio), number(l.mean), number(l.deviation), number(l.dead),
               number(l.saturated));
  append(to, "weights", l.weight_counts), append(to, "gradients", l.gradient_counts), append(to, "activations", l.activation_counts);
  to += "}";
}

using Json = nlohmann::json;

double real(const Json& table, const char* key) {
  auto it = table.find(key);
  return it != table.end() && it->is_number() ? it->get<double>() : kNoNumber;
}
int64_t whole(const Json& table, const char* key) {
  auto it = table.find(key);
  return it != table.end() && it->is_number_integer() ? it->get<int64_t>() : 0;
}
std::string word(const Json& table, const char* key) {
  auto it = table.find(key);
  return it != table.end() && it->is_string() ? it->get<std::string>() : "";
}

}  // namespace

std::string json_of(const Measurement& m) {
  std::string s = fmt::format("{{\"step\":{},\"epoch\":{},\"loss\":{},\"lr\":{},\"window\":{},\"input\":{{\"mean\":{},\"std\":{},\"min\":{},\"max\":{}}},\"top_predicted\":{},\"top_actual\":{},\"layers\":[",
                         m.step, m.epoch, number(m.loss), number(m.rate), m.window, number(m.input_mean), number(m.input_deviation), number(m.input_low), number(m.input_high),
                         number(m.top_predicted), number(m.top_actual));
  for (size_t i = 0; i < m.layers.size(); ++i) append(s += i ? "," : "", m.layers[i]);
  return s + "]}";
}

bool measurement_of(std::string_view line, Measurement& m) {
  Json j = Json::parse(line, nullptr, false);
  if (!j.is_object() || whole(j, "step") < 1) return false;
  m = Measurement{};
  m.step = whole(j, "step"), m.epoch = whole(j, "epoch"), m.window = whole(j, "window");
  m.loss = real(j, "loss"), m.rate = real(j, "lr"), m.top_predicted = real(j, "top_predicted"), m.top_actual = real(j, "top_actual");
  if (auto in = j.find("input"); in != j.end() && in->is_object())
    m.input_mean = real(*in, "mean"), m.input_deviation = real(*in, "std"), m.input_low = real(*in, "min"), m.input_high = real(*in, "max");
  auto layers = j.find("layers");
  if (layers == j.end() || !layers->is_array()) return false;
  for (const Json& l : *layers) {
    if (!l.is_object()) return false;
    LayerHealth h;
    h.name = word(l, "name"), h.kind = word(l, "kind"), h.weights = whole(l, "parameters");
    h.weight_norm = real(l, "weight_norm"), h.gradient_norm = real(l, "grad_norm"), h.update_ratio = real(l, "update_ratio");
    h.mean = real(l, "activation_mean"), h.deviation = real(l, "activation_std"), h.dead = real(l, "dead"), h.saturated = real(l, "saturated");
    m.layers.push_back(std::move(h));
  }
  return true;
}

std::vector<Epoch> read_epochs(const std::string& path) {
  std::vector<Epoch> epochs;
  if (!is_there(path)) return epochs;
  std::vector<std::byte> bytes = read_file(path, kMostBytes);
  std::string_view all = text_of(bytes);
  for (size_t at = 0, end; (end = all.find('\n', at)) != all.npos; at = end + 1) {
    std::string_view line = all.substr(at, end - at);
    if (line.find("\"train\"") == line.npos) continue;
    Json j = Json::parse(line, nullptr, false);
    if (!j.is_object() || !j.contains("train") || !j.contains("validation")) continue;
    epochs.push_back({whole(j, "step"), real(j["train"], "loss"), real(j["validation"], "loss"), real(j["validation"], "accuracy")});
  }
  return epochs;
}

HealthLog::HealthLog(const std::string& path, int64_t done, std::vector<Measurement>& old) {
  int64_t keep = 0;
  std::error_code error;
  if (done > 0 && std::filesystem::exists(path, error)) {
    std::vector<std::byte> bytes = read_file(path, kMostBytes);
    std::string_view all = text_of(bytes);
    Measurement m;
    for (size_t end; (end = all.find('\n', size_t(keep))) != all.npos; keep = int64_t(end) + 1) {
      if (!measurement_of(all.substr(size_t(keep), end - size_t(keep)), m) || m.step > done) break;
      old.push_back(std::move(m));
    }
  }
  writer_ = LineWriter(path, keep);
}

}  // namespace synfire

// A model file's tree to a Net: parameters of every layer read and checked against the catalogue.
#include "synfire/model/net.h"

#include <algorithm>

#include "synfire/base/format.h"
#include "synfire/model/suggest.h"
#include "synfire/model/unroll.h"

namespace synfire {
namespace {


// units = "classes" and units = "targets": as many as the data has.
void resolve_counts(Node& table, const std::vector<ParamInfo>& params, const DataInfo* data, Problems& problems) {
  for (const ParamInfo& p : params) {
    Node* n = table.find(p.name);
    if (p.type != ParamInfo::Type::integer || !n || !n->is(Node::Kind::text)) continue;
    int64_t count = 1;
    if (n->text == "classes") {
      if (data && data->classes == 0) problems.add(Code::config, n->where, "the data has no classes: its target is numbers", fmt::format("{} = \"targets\" gives one output a number", p.name));
      if (data && data->classes > 0) count = data->classes;
    } else if (n->text == "targets") {
      if (data && data->classes > 0) problems.add(Code::config, n->where, "the target of this data is a class, not numbers", fmt::format("{} = \"classes\" gives one output a class", p.name));
      if (data) count = std::max<int64_t>(data->targets, 1);
    } else {
      continue;
    }
    Node number = Node::of(count);
    number.where = n->where;
    *n = std::move(number);
  }
}

void check_inputs(const FlatLayer& l, Problems& problems) {
  const LayerDef* def = Registry<LayerDef>::find(l.kind);
  size_t low = def ? static_cast<size_t>(def->min_inputs) : 1, high = def ? static_cast<size_t>(def->max_inputs) : 1, n = l.from.size();
  const Node* from = l.table.find("from");
  const Where& where = from ? from->where : l.where;
  if (from && n == 0) return;  // what it names was wrong, which is told already
  if (n < low) problems.add(Code::config, where, fmt::format("layer \"{}\": {} joins {} or more inputs, got {}", l.name, l.kind, low, n), "name them: from = [\"conv2\", \"conv1\"]");
  if (n > high) problems.add(Code::config, where, fmt::format("layer \"{}\": {} takes {} input{}, got {}", l.name, l.kind, high, high == 1 ? "" : "s", n), "join them first with a layer of kind \"add\" or \"concat\"");
}

Choice default_loss(const DataInfo& data) { return default_choice("loss", data.classes > 0 ? "cross_entropy" : "mse"); }

void check_loss(const Node& tree, const Net& net, const DataInfo* data, Problems& problems) {
  const LossDef* loss = Registry<LossDef>::find(net.loss.kind);
  if (!loss) return;
  const Node* train = tree.find("train");
  const Node* said = train ? train->find("loss") : nullptr;
  if (data && said && loss->target == Target::classes && data->classes == 0)
    problems.add(Code::config, said->where, fmt::format("loss \"{}\" is for classes, and the target of this data is numbers", loss->name), "\"mse\" is for numbers");
  if (data && said && loss->target == Target::numbers && data->classes > 0)
    problems.add(Code::config, said->where, fmt::format("loss \"{}\" is for numbers, and the target of this data is {} classes", loss->name, data->classes),
                 "\"cross_entropy\" is for classes, for two as well: units = \"classes\" in the last layer; task = \"numbers\" in [data] learns labels as numbers");
  if (net.layers.empty()) return;
  // Losses that work on logits do the softmax or sigmoid themselves; twice trains slowly and badly, in silence.
  const LayerSpec& last = net.layers.back();
  const Choice* own = last.attrs.choice("activation");
  std::string_view end = own && own->kind != "linear" ? std::string_view(own->kind) : std::string_view(last.kind);
  std::string_view twice = net.loss.kind == "cross_entropy" ? "softmax" : net.loss.kind == "binary_cross_entropy" ? "sigmoid" : "";
  if (!twice.empty() && end == twice)
    problems.add(Code::config, last.where, fmt::format("layer \"{}\": the loss \"{}\" applies {} itself, and this layer applies it before", last.name, net.loss.kind, twice),
                 own && own->kind == twice ? "leave the activation out" : "take this layer out; predictions are turned into probabilities all the same");
}

void check_top(const Node& tree, Problems& problems) {
  static const std::vector<std::string> known = {"data", "time", "layer", "block", "train"};
  for (const auto& [key, value] : tree.fields) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string near = nearest(key, known);
    problems.add(Code::config, value.where, fmt::format("unknown key \"{}\"", key), near.empty() ? "a model file has data, [time], [[layer]], [block.NAME] and [train]" : fmt::format("did you mean \"{}\"?", near));
  }
  const Node* data = tree.find("data");
  if (!data) return problems.add(Code::config, tree.where, "the file names no data", "data = \"digits\" is a start; `synfire list dataset` names the others");
  const Node* kind = data->is(Node::Kind::text) ? data : data->find("kind");
  if (!kind || !kind->is(Node::Kind::text))
    return problems.add(Code::config, data->where, "data should be a name or a table with kind = \"…\"", "`synfire list dataset` names them");
  if (find_entry("dataset", kind->text)) return;
  std::string near = nearest(kind->text, entry_names("dataset")), hint;
  if (kind->text.find_first_of("./") != kind->text.npos) hint = fmt::format("`synfire init {}` writes what a file or folder needs: its kind, its path, and what is to be learned", kind->text);
  else hint = near.empty() ? "`synfire list dataset` names them; `synfire init DATA` writes what a file or folder needs" : fmt::format("did you mean \"{}\"?", near);
  problems.add(Code::config, kind->where, fmt::format("no dataset is called \"{}\"", kind->text), hint);
}

}  // namespace

Net read_net(const Node& tree, const DataInfo* data, Problems& problems) {
  check_top(tree, problems);
  TrainSettings settings = read_settings(tree, problems);
  Net net{{}, settings.loss, settings.optimizer, settings.schedule, read_time(tree, problems)};
  if (net.loss.kind.empty() && data) net.loss = default_loss(*data);
  Node full;
  bool add_layers = data && !tree.find("layer");
  if (add_layers) full = with_network(tree, *data);
  for (FlatLayer& l : unroll(add_layers ? full : tree, problems)) {
    const Entry* entry = layer_entry(l.kind);
    resolve_counts(l.table, entry->params, data, problems);
    check_inputs(l, problems);
    Attrs attrs = read_params(entry->params, l.table, problems, {"kind", "name", "from", "repeat"});
    net.layers.push_back({l.name, l.kind, std::move(attrs), std::move(l.from), l.where});
  }
  check_loss(tree, net, data, problems);
  return net;
}

Net read_net(const Node& tree, const DataInfo& data) {
  Problems problems;
  Net net = read_net(tree, &data, problems);
  problems.throw_if_any();
  return net;
}

}  // namespace synfire

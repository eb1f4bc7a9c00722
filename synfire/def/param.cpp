// Reading parameters from a model file's tables.
#include "synfire/def/param.h"

#include <algorithm>
#include <charconv>

#include "synfire/base/format.h"

namespace synfire {
namespace {

struct Reader {
  const ParamInfo& param;
  const Node& node;
  Problems& problems;

  Attr wrong(std::string wanted) {
    problems.add(Code::config, node.where, fmt::format("{} should be {}, got {}", param.name, wanted, node.str()),
                 fmt::format("{}; {}", param.doc, param.required ? "it has no default" : "default " + text_of(param.fallback)));
    return param.fallback;
  }
  template <class T> bool in_range(T v) const { return param.low == param.high || (double(v) >= param.low && double(v) <= param.high); }
  std::string range() const { return param.low == param.high ? "" : fmt::format(" from {} to {}", param.low, param.high); }

  // "20ms" where the parameter's unit is ms; other units of the same kind (s, us) are converted.
  bool with_unit(double& v) {
    const char* end = node.text.data() + node.text.size();
    auto [p, error] = std::from_chars(node.text.data(), end, v);
    if (error != std::errc() || param.unit.empty()) return false;
    while (p != end && *p == ' ') ++p;
    std::string_view unit(p, end - p);
    if (unit == param.unit) return true;
    auto factor = [](std::string_view u) {
      switch (u.size() > 1 ? u[0] : ' ') { case 'm': return 1e-3; case 'u': return 1e-6; case 'n': return 1e-9; case 'p': return 1e-12; case 'k': return 1e3; default: return 1.0; }
    };
    if (unit.empty() || unit.back() != param.unit.back()) return false;
    v *= factor(unit) / factor(param.unit);
    return true;
  }

  Attr real() {
    double v = node.real;
    if (node.is(Node::Kind::text) ? !with_unit(v) : !node.is_number()) return wrong("a number" + range() + (param.unit.empty() ? "" : fmt::format(" (in {})", param.unit)));
    return in_range(v) && v == v ? Attr(v) : wrong("a number" + range());
  }
  Attr integer() {
    if (!node.is(Node::Kind::integer) || !in_range(node.integer) || node.integer > INT_MAX || node.integer <= INT_MIN) return wrong("a whole number" + range());
    return node.integer;
  }
  Attr pair(std::string wanted) {
    auto good = [&](const Node& n) { return n.is(Node::Kind::integer) && in_range(n.integer) && n.integer >= 0 && n.integer <= INT_MAX; };
    if (good(node)) return std::vector<int64_t>{node.integer, node.integer};
    if (node.is(Node::Kind::array) && node.items.size() == 2 && good(node.items[0]) && good(node.items[1]))
      return std::vector<int64_t>{node.items[0].integer, node.items[1].integer};
    return wrong(wanted + range());
  }
  Attr texts() {  // names or numbers of columns, one or many; kept as things without attributes
    std::vector<Choice> list;
    std::vector<Node> one{node};
    for (const Node& n : node.is(Node::Kind::array) ? node.items : one) {
      if (!n.is(Node::Kind::text) && !n.is(Node::Kind::integer)) return wrong("a text or a list of texts");
      list.push_back({n.is(Node::Kind::text) ? n.text : std::to_string(n.integer), {}});
    }
    return list;
  }
  Attr read() {
    using T = ParamInfo::Type;
    switch (param.type) {
      case T::real: return real();
      case T::integer: return integer();
      case T::boolean: return node.is(Node::Kind::boolean) ? Attr(node.boolean) : wrong("true or false");
      case T::text: return node.is(Node::Kind::text) ? Attr(node.text) : wrong("a text");
      case T::pair: return pair("a whole number or [height, width]");
      case T::padding:
        if (node.is(Node::Kind::text) && (node.text == "same" || node.text == "valid")) return node.text;
        return pair("\"same\", \"valid\", a whole number or [height, width]");
      case T::texts: return texts();
      case T::table: return node.str();
      case T::choice: return std::vector<Choice>{read_choice(param.unit, param.name, node, problems)};
      case T::choices: {
        std::vector<Choice> list;
        if (!node.is(Node::Kind::array)) return std::vector<Choice>{read_choice(param.unit, param.name, node, problems)};
        for (const Node& n : node.items) list.push_back(read_choice(param.unit, param.name, n, problems));
        return list;
      }
    }
    return param.fallback;
  }
};

Attr completed(const ParamInfo& p) {  // a default that is a choice, or several, gets its own defaults
  if (p.type == ParamInfo::Type::choice)
    return std::vector<Choice>{default_choice(p.unit, std::get<std::vector<Choice>>(p.fallback).at(0).kind)};
  if (p.type != ParamInfo::Type::choices) return p.fallback;
  std::vector<Choice> list = std::get<std::vector<Choice>>(p.fallback);
  for (Choice& c : list) c = default_choice(p.unit, c.kind);
  return list;
}

std::string hint_for(const std::string& name, const std::vector<std::string>& known) {
  std::string near = nearest(name, known), all;
  for (const std::string& k : known) all += (all.empty() ? "" : ", ") + k;
  return near.empty() ? (all.empty() ? "it takes no parameters" : "known here: " + all) : fmt::format("did you mean \"{}\"?", near);
}

// Keys of [train] elsewhere that are no key here.
std::string_view elsewhere(std::string_view key) {
  static constexpr std::pair<std::string_view, std::string_view> list[] = {
      {"metrics", "all that suit the data are measured always"}, {"verbose", "--progress says how much is told"}, {"callbacks", "train.patience, schedule and checkpoints do what they are used for"},
      {"validation_split", "it belongs to [data]: split = {train = 0.7, validation = 0.15, test = 0.15}"}, {"val_split", "it belongs to [data]: split = {train = 0.7, validation = 0.15, test = 0.15}"},
      {"test_size", "it belongs to [data]: split = {train = 0.7, validation = 0.15, test = 0.15}"}, {"shuffle", "it belongs to [data]"}, {"augment", "it belongs to [data]"},
      {"data", "it stands above the first [table]: what follows [train] belongs to it"}, {"threads", "--threads N on the command line; results do not depend on it"}, {"device", "there is the processor only"}};
  for (const auto& [theirs, hint] : list) if (theirs == key) return hint;
  return "";
}

// Who does know the key, when it is known elsewhere: lr in [train] belongs to its optimizer, units to dense layers.
std::string owner_of(const std::string& key, const std::vector<ParamInfo>& params) {
  std::string word(usual_key(key));
  auto has = [&](const Entry& e) { return std::any_of(e.params.begin(), e.params.end(), [&](const ParamInfo& p) { return p.name == word; }); };
  for (const ParamInfo& p : params) {
    if (p.type != ParamInfo::Type::choice) continue;
    std::string usual = std::get<std::vector<Choice>>(p.fallback).at(0).kind;
    std::vector<std::string> kinds = entry_names(p.unit);
    kinds.insert(kinds.begin(), usual);
    for (const std::string& kind : kinds)
      if (const Entry* e = find_entry(p.unit, kind); e && has(*e)) return fmt::format("it belongs to the {}: {} = {{kind = \"{}\", {} = …}}", p.unit, p.name, kind, word);
  }
  if (!params.empty()) return "";
  std::string kinds;
  for (const std::string& kind : entry_names("layer")) if (has(*find_entry("layer", kind))) kinds += (kinds.empty() ? "" : ", ") + kind;
  return kinds.empty() ? "" : fmt::format("this kind takes no parameters; {} is one of {}", word, kinds);
}

}  // namespace

std::string_view usual_key(std::string_view key) {
  static constexpr std::pair<std::string_view, std::string_view> list[] = {
      {"learning_rate", "lr"}, {"learning-rate", "lr"}, {"rate", "p"}, {"early_stopping", "patience"}, {"early-stopping", "patience"}, {"random_state", "seed"}, {"num_epochs", "epochs"},
      {"batch_size", "batch"}, {"batch-size", "batch"}, {"neurons", "units"}, {"size", "units"}, {"out_features", "units"}, {"out_channels", "filters"}, {"channels", "filters"}, {"kernel_size", "kernel"}, {"pool_size", "size"},
      {"strides", "stride"}, {"grad_clip", "clip_norm"}, {"clipnorm", "clip_norm"}, {"gradient_clip", "clip_norm"}, {"decay", "weight_decay"}, {"beta_1", "beta1"}, {"beta_2", "beta2"}, {"epsilon", "eps"}, {"nesterov_momentum", "nesterov"}};
  for (const auto& [theirs, ours] : list) if (theirs == key) return ours;
  return key;
}

Attrs read_params(const std::vector<ParamInfo>& params, const Node& table, Problems& problems,
                  const std::vector<std::string>& also) {
  Attrs attrs;
  std::vector<std::string> known = also;
  for (const ParamInfo& p : params) {
    known.emplace_back(p.name);
    const Node* n = table.find(p.name);
    if (!n && p.required) problems.add(Code::config, table.where, fmt::format("{} is missing", p.name), std::string(p.doc));
    attrs.set(p.name, n ? Reader{p, *n, problems}.read() : completed(p));
  }
  for (const auto& [key, value] : table.fields) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const std::string usual(usual_key(key));
    bool here = usual != key && std::find(known.begin(), known.end(), usual) != known.end();
    std::string near = here ? usual : nearest(key, known), hint = near.empty() ? owner_of(key, params) : "";
    if (std::find(known.begin(), known.end(), "epochs") != known.end() && hint.empty() && !elsewhere(key).empty()) hint = elsewhere(key), near = "";
    if (hint.empty() && here) hint = fmt::format("it is called \"{}\" here", usual);
    if (hint.empty()) hint = hint_for(key, known);
    for (const ParamInfo& p : params) if (p.name == near && !p.required) hint += fmt::format(" (default {})", text_of(p.fallback));
    problems.add(Code::config, value.where, fmt::format("unknown key \"{}\"", key), hint);
  }
  return attrs;
}

Choice read_choice(std::string_view role, std::string_view what, const Node& node, Problems& problems) {
  const Node* kind = node.is(Node::Kind::text) ? &node : node.find("kind");
  if (!kind || !kind->is(Node::Kind::text)) {
    problems.add(Code::config, node.where, fmt::format("{} should be a name or a table with kind = \"…\", got {}", what, node.str()),
                 fmt::format("`synfire list {}` names them", role));
    return {};
  }
  const Entry* entry = find_entry(role, kind->text);
  if (!entry) {
    problems.add(Code::config, kind->where, fmt::format("no {} is called \"{}\"", role, kind->text), hint_for(kind->text, entry_names(role)));
    return {};
  }
  static const Node empty = Node::table();
  return {kind->text, read_params(entry->params, node.is(Node::Kind::table) ? node : empty, problems, {"kind"})};
}

Choice default_choice(std::string_view role, std::string_view kind) {
  Choice c{std::string(kind), {}};
  if (const Entry* e = find_entry(role, kind)) for (const ParamInfo& p : e->params) c.attrs.set(p.name, completed(p));
  return c;
}

}  // namespace synfire

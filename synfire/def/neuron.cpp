// A layer of neurons: one scan over all time steps.
#include "synfire/def/neuron.h"

namespace synfire {

SYNFIRE_REGISTRY(NeuronDef)

namespace {

struct FiringParams {
  Choice surrogate{"atan", {}};
  std::string reset_by = "soft", reset_at = "now", compare = "gt";
  bool detach_reset = true;
  float refractory = 0;
  bool recurrent = false;
};
const Field<FiringParams> kFields[] = {
    {"surrogate", &FiringParams::surrogate, "surrogate", 0, 0, "slope of a spike in the backward pass"},
    {"reset_by", &FiringParams::reset_by, "", 0, 0, "\"soft\": a spike takes the threshold off; \"hard\": it sets the membrane to the reset; \"none\""},
    {"reset_at", &FiringParams::reset_at, "", 0, 0, "\"now\": in the step of the spike; \"next\": in the one after it, as in snnTorch"},
    {"compare", &FiringParams::compare, "", 0, 0, "\"gt\": fires above the threshold; \"ge\": at it, too"},
    {"detach_reset", &FiringParams::detach_reset, "", 0, 0, "no gradient passes through the reset"},
    {"refractory", &FiringParams::refractory, "ms", 0, 1e6, "time after a spike for which the membrane is held at the reset"},
    {"recurrent", &FiringParams::recurrent, "", 0, 0, "spikes come back one step later, through weights of their own"}};

void expect_word(const Attrs& attrs, std::string_view key, std::initializer_list<std::string_view> words) {
  std::string word = attrs.text(key), all;
  for (std::string_view w : words) {
    if (w == word) return;
    all += fmt::format("{}\"{}\"", all.empty() ? "" : " or ", w);
  }
  fail(Code::config, fmt::format("{} = \"{}\" is not known", key, word), fmt::format("it is {}", all));
}

void check_firing(const Attrs& attrs, double dt) {
  expect_word(attrs, "reset_by", {"soft", "hard", "none"}), expect_word(attrs, "reset_at", {"now", "next"}), expect_word(attrs, "compare", {"gt", "ge"});
  if (attrs.text("reset_at") == "next" && !attrs.flag("detach_reset")) fail(Code::config, "a reset at the next step passes no gradient", "leave detach_reset out, or reset_at = \"now\"");
  double wait = attrs.real("refractory");
  if (wait > 0 && wait < dt / 2) fail(Code::config, fmt::format("refractory = {:g} ms is shorter than half a step of {:g} ms", wait, dt), "a smaller time.dt, or no refractory time");
}

}  // namespace

const std::vector<ParamInfo>& firing_params() {
  static const std::vector<ParamInfo> params = infos_of(std::span<const Field<FiringParams>>(kFields));
  return params;
}

Value build_neurons(Builder& b, Value x, const NeuronDef& def, const Attrs& given) {
  Attrs attrs = given;
  bool recurrent = attrs.flag("recurrent");
  if (def.fires) check_firing(attrs, b.dt);
  Shape out = x.shape();
  Value flat = b.flattened(x);
  if (recurrent) flat = b.over_time(flat);
  int64_t N = flat.shape()[1];
  bool changes = b.changes(flat) || b.steps == 1;
  bool trace = b.training || b.keep_membranes;
  attrs.set("steps", b.steps), attrs.set("dt", b.dt), attrs.set("same_input", !changes), attrs.set("trace", trace);
  Values in{flat};
  if (recurrent) in.push_back(b.param("recurrent_weight", {N, N}, {"orthogonal", {}}, N, N)), in.push_back(b.vector_param("recurrent_bias", N, {"zeros", {}}));
  Values made = b.graph.ops(def.op, in, attrs);
  out[0] = b.batch * b.steps;
  auto shaped = [&](Value v) { return v.shape() == out ? v : b.op("reshape", {v}, {{"shape", ints_of(out)}}); };
  Value y = shaped(made[0]);
  if (def.fires) b.spikes.insert(y.id);
  if (trace && def.fires) b.membranes[y.id] = shaped(made[1]);
  return y;
}

}  // namespace synfire

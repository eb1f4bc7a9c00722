// Losses: one number from the network's output and the target, built from ops.
//
//   struct MseLoss { static Value build(Graph&, Value output, Value target, const P&); static constexpr Target target = Target::numbers; };
//   SYNFIRE_LOSS(MseLoss, "mse", "…");
// or, of a network that goes through time, static TimeLoss over_time(Graph&, const Sequence&, Value target, const P&) in place of build;
// or, elementwise, averaged over all elements:   template <class R> static R f(R prediction, R target, const P&);
//   SYNFIRE_ELEMENTWISE_LOSS(Huber, "huber", "…");
// A loss that takes targets of a range only says so: static constexpr float target_low = 0, target_high = 1;
#pragma once
#include <limits>

#include "synfire/def/elementwise.h"

namespace synfire {

enum class Target { classes, numbers };  // i32 labels [B], or f32 of the output's shape

// What a network that goes through time puts out, for losses that look at every step: `output` [T B, C], time outermost.
struct Sequence {
  Value output, membrane;            // membrane: of the last layer, after each step; no value where it keeps none
  int64_t steps = 1;
  bool fires = false;                // output is spikes
};
struct TimeLoss { Value loss, output; };  // output [B, C]: what predictions are told from

struct LossDef : Entry {
  Target target = Target::numbers;
  bool needs_spikes = false, needs_membrane = false;
  TimeLoss (*over_time)(Graph&, const Sequence&, Value target, const Attrs&) = nullptr;  // of a loss that looks at every step; build is null then
  float target_low = -std::numeric_limits<float>::infinity(), target_high = std::numeric_limits<float>::infinity();  // of numbers, inclusive
  Value (*build)(Graph&, Value output, Value target, const Attrs&) = nullptr;
};
SYNFIRE_REGISTRY_DECLARE(LossDef)

template <class T>
bool add_loss(std::string_view name, std::string_view doc, std::string_view file) {
  LossDef d;
  d.role = "loss", d.name = name, d.doc = doc, d.file = file, d.params = infos_of<T>(), d.target = T::target;
  if constexpr (requires { T::needs_spikes; }) d.needs_spikes = T::needs_spikes;
  if constexpr (requires { T::needs_membrane; }) d.needs_membrane = T::needs_membrane;
  if constexpr (requires { T::over_time; }) d.over_time = [](Graph& g, const Sequence& s, Value t, const Attrs& attrs) { return T::over_time(g, s, t, params_of<T>(attrs)); };
  else d.build = [](Graph& g, Value y, Value t, const Attrs& attrs) { return T::build(g, y, t, params_of<T>(attrs)); };
  return Registry<LossDef>::add(d);
}

template <class T>
bool add_elementwise_loss(std::string_view name, std::string_view doc, std::string_view file) {
  static std::string_view op = kept(fmt::format("{}_loss", name));
  add_elementwise<T, 2>(op, doc, file);
  LossDef d;
  d.role = "loss", d.name = name, d.doc = doc, d.file = file, d.params = infos_of<T>();
  if constexpr (requires { T::target_low; }) d.target_low = T::target_low, d.target_high = T::target_high;
  d.build = [](Graph& g, Value y, Value t, const Attrs& attrs) { return g.op("mean", {g.op(op, {y, t}, attrs)}); };
  return Registry<LossDef>::add(d);
}

#define SYNFIRE_LOSS(T, name, doc) static const bool registered_loss_##T = ::synfire::add_loss<T>(name, doc, __FILE__)
#define SYNFIRE_ELEMENTWISE_LOSS(T, name, doc) static const bool registered_loss_##T = ::synfire::add_elementwise_loss<T>(name, doc, __FILE__)

}  // namespace synfire

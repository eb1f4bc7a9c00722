// Readout: one output a sample from a sequence.
#include "synfire/def/layer.h"

namespace synfire {

struct ReadoutLayer {
  struct P { std::string by = "mean"; };
  static inline const Field<P> fields[] = {{"by", &P::by, "", 0, 0, "\"mean\", \"sum\", \"max\" or \"last\" over the time steps; the mean of spikes is their rate"}};

  static Value build(Builder& b, Value x, const P& p) {
    if (p.by != "mean" && p.by != "sum" && p.by != "max" && p.by != "last") fail(Code::config, fmt::format("by = \"{}\" is not known", p.by), "it is \"mean\", \"sum\", \"max\" or \"last\"");
    if (!b.changes(x)) return x;
    if (p.by == "last") return b.last_step(x);
    if (p.by == "max") return b.op("max_over_time", {b.flattened(x)}, {{"steps", b.steps}});
    Value sum = b.op("sum_over_time", {x}, {{"steps", b.steps}});
    return p.by == "sum" ? sum : b.op("scale", {sum}, {{"value", 1.0 / double(b.steps)}});
  }
};
SYNFIRE_LAYER(ReadoutLayer, "readout", "One output a sample from what a network puts out over time.");

}  // namespace synfire

// Reading of [time].
#include "synfire/model/time.h"

#include <cmath>

#include "synfire/base/format.h"

namespace synfire {

constexpr int kMostSteps = 1 << 20;

std::span<const Field<TimeSettings>> TimeSettings::fields() {
  using S = TimeSettings;
  static const Field<S> table[] = {
      {"steps", &S::steps, "", 0, kMostSteps, "time steps for each sample; 0: as many as the sample has, or none"},
      {"dt", &S::dt, "ms", 1e-6, 1e6, "length of a step"},
      {"duration", &S::duration, "ms", 0, 1e9, "steps times dt, in place of steps"},
      {"encode", &S::encode, "encoder", 0, 0, "how a sample that does not change becomes a sequence"},
      {"over", &S::over, "", 0, 0, "\"rows\" or \"pixels\": an image is gone through, top to bottom; not given: all of it at every step"}};
  return table;
}

TimeSettings read_time(const Node& tree, Problems& problems) {
  const Node* time = tree.find("time");
  if (!time) return {};
  if (!time->is(Node::Kind::table)) {
    problems.add(Code::config, time->where, fmt::format("time should be a table, got {}", time->str()), "write [time] and its settings below");
    return {};
  }
  TimeSettings t = params_of(TimeSettings::fields(), read_params(infos_of(TimeSettings::fields()), *time, problems));
  t.where = time->where;
  auto where = [&](std::string_view key) { const Node* n = time->find(key); return n ? n->where : time->where; };
  if (t.duration > 0) {
    double steps = double(t.duration) / double(t.dt);
    if (t.steps > 0) problems.add(Code::config, where("duration"), "both steps and duration are given", "leave one of them out");
    else if (steps > kMostSteps || steps < 0.5) problems.add(Code::config, where("duration"), fmt::format("{:g} ms are {:g} steps of {:g} ms", t.duration, steps, t.dt), fmt::format("1 to {} steps are possible", kMostSteps));
    else t.steps = int(std::llround(steps));
  }
  if (!t.over.empty() && t.over != "rows" && t.over != "pixels") problems.add(Code::config, where("over"), fmt::format("time cannot go over \"{}\"", t.over), "over = \"rows\" or \"pixels\"");
  if (!t.over.empty() && t.steps > 0) problems.add(Code::config, where("over"), "with over, an image has as many steps as it has rows or pixels", "leave steps out");
  return t;
}

int64_t steps_of(const TimeSettings& t, const Shape& sample) {
  if (!t.over.empty() && sample.rank() == 3) return t.over == "rows" ? sample[0] : sample[0] * sample[1];
  if (sample.rank() == 2) return sample[0];
  return std::max(1, t.steps);
}

}  // namespace synfire

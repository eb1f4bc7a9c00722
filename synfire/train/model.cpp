// Making plans of a network.
#include "synfire/train/model.h"

#include "synfire/data/source.h"

namespace synfire {

DataInfo info_of(const Source& s) { return {s.data.sample, s.data.classes(), s.data.target_count()}; }

Model::Model(Net net, DataInfo data, TrainSettings settings, Pool& pool, bool keep_output)
    : net_(std::move(net)), data_(std::move(data)), settings_(std::move(settings)), pool_(pool), keep_output_(keep_output) {}

Executable& Model::get(Mode mode, int64_t batch, bool check) {
  auto key = std::tuple(mode, batch, check);
  auto it = executables_.find(key);
  if (it == executables_.end()) it = executables_.emplace(key, make(mode, batch, check)).first;
  return it->second;
}

Executable Model::make(Mode mode, int64_t batch, bool check) {
  Traced t = trace(net_, data_, batch, mode, static_cast<uint64_t>(settings_.seed));
  if (rows_.empty()) rows_ = t.rows;
  Value loss = t.loss, lr, step;
  Values keep;
  if (mode == Mode::train) {
    Learning l = add_learning(t, net_, settings_);
    loss = l.loss, lr = l.lr, step = l.step;
    if (keep_output_) keep.push_back(t.output);
  } else {
    keep.push_back(t.output);
  }
  keep.push_back(loss);
  Executable e{batch, mode, Plan(*t.graph, store_, pool_, {keep, check, static_cast<uint64_t>(settings_.seed)}), {}, {}, {}};
  e.x = e.plan.view(t.x), e.target = e.plan.view(t.target);
  if (keep.size() > 1) e.output = e.plan.view(t.output);
  e.loss = e.plan.view(loss).f32();
  if (lr) e.lr = e.plan.view(lr).f32(), e.step = e.plan.view(step).f32();
  if (View clock = e.plan.input("clock"); clock.data) e.clock = clock.as<int64_t>();
  return e;
}

int64_t Model::bytes() const {
  int64_t n = store_.bytes();
  for (const auto& [key, e] : executables_) n += e.plan.arena_bytes();
  return n;
}

int64_t Model::parameter_count() const {
  int64_t n = 0;
  for (const auto& s : store_.states()) if (s->parameter) n += s->type.shape.numel();
  return n;
}

}  // namespace synfire

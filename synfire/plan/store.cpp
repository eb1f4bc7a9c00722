// States in memory: where they lie, their first numbers, and the way in and out in the order that files use.
#include "synfire/plan/store.h"

#include <algorithm>
#include <cstring>

#include "synfire/base/format.h"
#include "synfire/def/initializer.h"
#include "synfire/tensor/panels.h"

namespace synfire {
namespace {

constexpr int64_t kSkew = 192;         // keeps parameter, gradient and slots of one size off the same 4 KB alias
constexpr int64_t kChunk = 256 << 10;

int64_t stored_bytes(const ValueInfo& v) { return (stored_numel(v.type.shape, v.layout) * size_of(v.type.dtype) + 63) / 64 * 64 + kSkew; }

// Calls f(external index, row-major internal index) for every element.
template <class F>
void for_each_external(const External& e, const Shape& shape, const F& f) {
  int64_t n = shape.numel();
  if (e.permute.empty()) {
    for (int64_t i = 0; i < n; ++i) f(i, i);
    return;
  }
  int rank = e.view.rank();
  int64_t size[Shape::kMaxRank], stride[Shape::kMaxRank], at[Shape::kMaxRank] = {}, source = 0;
  for (int d = 0; d < rank; ++d) size[d] = e.view[e.permute[d]], stride[d] = e.view.from(e.permute[d] + 1);
  for (int64_t i = 0; i < n; ++i) {
    f(i, source);
    for (int d = rank - 1; d >= 0; --d) {
      source += stride[d];
      if (++at[d] < size[d]) break;
      source -= size[d] * stride[d], at[d] = 0;
    }
  }
}

std::vector<float> rows_of(const StoredState& s) {
  std::vector<float> rows(static_cast<size_t>(s.type.shape.numel()));
  if (s.view.layout == Layout::panels) from_panels(s.view.f32(), s.type.shape[0], s.type.shape.from(1), rows.data());
  else std::memcpy(rows.data(), s.view.data, rows.size() * sizeof(float));
  return rows;
}

void set_rows(const StoredState& s, const std::vector<float>& rows) {
  int64_t columns = s.type.shape.from(1);
  if (s.view.layout == Layout::panels) to_panels(rows.data(), s.type.shape[0], columns, columns, 1, s.view.f32());
  else std::memcpy(s.view.data, rows.data(), rows.size() * sizeof(float));
}

void initialise(const StoredState& s, uint64_t seed) {
  if (s.initializer.kind.empty() || s.initializer.kind == "zeros" || s.type.dtype != DType::f32) return;  // memory comes zeroed
  const InitializerDef* def = Registry<InitializerDef>::find(s.initializer.kind);
  if (!def) fail(Code::config, fmt::format("no initializer is called \"{}\"", s.initializer.kind));
  std::vector<float> rows(static_cast<size_t>(s.type.shape.numel()));
  int64_t first = s.type.shape.rank() ? s.type.shape[0] : 1;
  Initial to{rows.data(), first, static_cast<int64_t>(rows.size()) / std::max<int64_t>(first, 1), s.fan_in, s.fan_out,
             Random{seed, stream_of("init/" + s.name), 0}};
  def->fill(to, s.initializer.attrs);
  set_rows(s, rows);
}

}  // namespace

void Store::reserve(const std::vector<const ValueInfo*>& infos) {
  int64_t bytes = 0;
  for (const ValueInfo* v : infos) if (!find(v->name)) bytes += stored_bytes(*v);
  if (bytes == 0 || bytes <= left_) return;
  memory_.emplace_back(std::max(bytes, memory_.empty() ? bytes : kChunk));
  free_ = memory_.back().data(), left_ = memory_.back().size();
}

const StoredState& Store::bind(const ValueInfo& v, uint64_t seed) {
  if (auto it = names_.find(v.name); it != names_.end()) {
    const StoredState& s = *it->second;
    if (!(s.type == v.type))
      fail(Code::shape, fmt::format("{} is {} in the stored model and {} here", v.name, s.type.shape.str(), v.type.shape.str()));
    if (s.view.layout != v.layout) fail(Code::internal, v.name + " is stored in another layout");
    return s;
  }
  reserve({&v});
  auto s = std::make_unique<StoredState>();
  s->name = v.name, s->type = v.type, s->parameter = v.parameter, s->external = v.external, s->initializer = v.initializer;
  s->fan_in = v.fan_in, s->fan_out = v.fan_out;
  s->view = {free_, v.type.dtype, v.type.shape, v.layout};
  int64_t bytes = stored_bytes(v);
  free_ += bytes, left_ -= bytes;
  initialise(*s, seed);
  names_[v.name] = s.get();
  return *states_.emplace_back(std::move(s));
}

const StoredState* Store::find(std::string_view name) const {
  auto it = names_.find(std::string(name));
  return it == names_.end() ? nullptr : it->second;
}

Shape Store::external_shape(const StoredState& s) const { return s.external.permute.empty() ? s.type.shape : s.external.shape; }

void Store::read(const StoredState& s, void* numbers) const {
  if (s.type.dtype != DType::f32) {
    std::memcpy(numbers, s.view.data, s.type.shape.numel() * size_of(s.type.dtype));
    return;
  }
  std::vector<float> rows = rows_of(s);
  for_each_external(s.external, s.type.shape, [&](int64_t outside, int64_t inside) { static_cast<float*>(numbers)[outside] = rows[inside]; });
}

void Store::write(const StoredState& s, const void* numbers) {
  if (s.type.dtype != DType::f32) {
    std::memcpy(s.view.data, numbers, s.type.shape.numel() * size_of(s.type.dtype));
    return;
  }
  std::vector<float> rows(static_cast<size_t>(s.type.shape.numel()));
  for_each_external(s.external, s.type.shape, [&](int64_t outside, int64_t inside) { rows[inside] = static_cast<const float*>(numbers)[outside]; });
  set_rows(s, rows);
}

int64_t Store::bytes() const {
  int64_t n = 0;
  for (const Arena& a : memory_) n += a.size();
  return n;
}

}  // namespace synfire

// Attributes: lookup and text.
#include "synfire/base/attrs.h"

#include "synfire/base/format.h"

namespace synfire {

Attrs::Attrs(std::initializer_list<std::pair<std::string_view, Attr>> list) {
  for (const auto& [name, value] : list) set(name, value);
}

const Attr* Attrs::find(std::string_view name) const {
  for (const auto& [n, v] : list_) if (n == name) return &v;
  return nullptr;
}

void Attrs::set(std::string_view name, Attr value) {
  for (auto& [n, v] : list_) if (n == name) { v = std::move(value); return; }
  list_.emplace_back(std::string(name), std::move(value));
}

bool Attrs::flag(std::string_view name, bool fallback) const {
  const Attr* a = find(name);
  const bool* v = a ? std::get_if<bool>(a) : nullptr;
  return v ? *v : fallback;
}

int64_t Attrs::integer(std::string_view name, int64_t fallback) const {
  const Attr* a = find(name);
  const int64_t* v = a ? std::get_if<int64_t>(a) : nullptr;
  return v ? *v : fallback;
}

double Attrs::real(std::string_view name, double fallback) const {
  const Attr* a = find(name);
  if (!a) return fallback;
  if (const double* v = std::get_if<double>(a)) return *v;
  if (const int64_t* v = std::get_if<int64_t>(a)) return static_cast<double>(*v);
  return fallback;
}

std::string Attrs::text(std::string_view name, std::string_view fallback) const {
  const Attr* a = find(name);
  const std::string* v = a ? std::get_if<std::string>(a) : nullptr;
  return v ? *v : std::string(fallback);
}

std::vector<int64_t> Attrs::ints(std::string_view name) const {
  const Attr* a = find(name);
  const auto* v = a ? std::get_if<std::vector<int64_t>>(a) : nullptr;
  return v ? *v : std::vector<int64_t>{};
}

const Choice* Attrs::choice(std::string_view name) const {
  const Attr* a = find(name);
  const auto* v = a ? std::get_if<std::vector<Choice>>(a) : nullptr;
  return v && !v->empty() ? &v->front() : nullptr;
}

bool Attrs::operator==(const Attrs& o) const { return list_ == o.list_; }

static std::string text_of(const Choice& c) {
  if (c.attrs.list().empty()) return "\"" + c.kind + "\"";
  std::string s = "{kind = \"" + c.kind + "\"";
  for (const auto& [name, value] : c.attrs.list()) s += ", " + name + " = " + text_of(value);
  return s + "}";
}

std::string text_of(const Attr& a) {
  if (const bool* v = std::get_if<bool>(&a)) return *v ? "true" : "false";
  if (const int64_t* v = std::get_if<int64_t>(&a)) return std::to_string(*v);
  if (const double* v = std::get_if<double>(&a)) {  // most are floats, and 0.9f should read 0.9
    float f = static_cast<float>(*v);
    return static_cast<double>(f) == *v ? fmt::format("{}", f) : fmt::format("{}", *v);
  }
  if (const std::string* v = std::get_if<std::string>(&a)) return "\"" + *v + "\"";
  std::string s;
  if (const auto* v = std::get_if<std::vector<int64_t>>(&a)) {
    for (int64_t i : *v) s += (s.empty() ? "" : ", ") + std::to_string(i);
    return "[" + s + "]";
  }
  const auto& things = std::get<std::vector<Choice>>(a);
  for (const Choice& c : things) s += (s.empty() ? "" : ", ") + text_of(c);
  return things.size() == 1 ? s : "[" + s + "]";
}

}  // namespace synfire

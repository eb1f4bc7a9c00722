// Parameter tables: a plain struct whose defaults are C++ defaults, and fields that point into it. From one table come the
// reader of model files, range checks, explain and the docs.
#pragma once
#include <climits>
#include <span>
#include <variant>

#include "synfire/base/registry.h"
#include "synfire/base/tree.h"

namespace synfire {

inline constexpr int required = INT_MIN;  // the default of a parameter that only the user can know

struct Pair { int h = 1, w = 1; };        // "kernel = 3" or "kernel = [3, 5]": height, width
struct Padding {                          // "same", "valid", a number, or [height, width]
  std::string mode;                       // "same", "valid" or "" (then h and w count)
  int h = 0, w = 0;
};

template <class P>
struct Field {
  using Member = std::variant<float P::*, double P::*, int P::*, bool P::*, std::string P::*, Pair P::*, Padding P::*,
                              Choice P::*, std::vector<Choice> P::*, std::vector<std::string> P::*>;
  std::string_view name;
  Member member;
  std::string_view unit;                  // for a Choice: the role it is chosen from ("activation")
  double low, high;                       // inclusive; no limit where low == high
  std::string_view doc;
};

template <class P> std::vector<ParamInfo> infos_of(std::span<const Field<P>> fields);
template <class P> P params_of(std::span<const Field<P>> fields, const Attrs& attrs);  // attrs as read_params made them
template <class P> Attrs attrs_of(std::span<const Field<P>> fields, const P& params);

// Reads the parameters of a thing from its table in a model file: every mistake becomes a problem with its place and the
// nearest name; what is absent gets its default. Keys in `also` belong to somebody else ("kind", "name", "from").
Attrs read_params(const std::vector<ParamInfo>& params, const Node& table, Problems& problems,
                  const std::vector<std::string>& also = {});
// A string or a table with kind =, chosen from a role: checked and complete. `what` names the key in messages.
Choice read_choice(std::string_view role, std::string_view what, const Node& node, Problems& problems);
std::string_view usual_key(std::string_view key);  // what it is called here, for what people of other tools write: learning_rate, early_stopping
Choice default_choice(std::string_view role, std::string_view kind);  // all parameters at their defaults

// ---- the templates ----

namespace detail {
inline Attr attr_of(float v) { return static_cast<double>(v); }
inline Attr attr_of(double v) { return v; }
inline Attr attr_of(int v) { return static_cast<int64_t>(v); }
inline Attr attr_of(bool v) { return v; }
inline Attr attr_of(const std::string& v) { return v; }
inline Attr attr_of(const Pair& v) { return std::vector<int64_t>{v.h, v.w}; }
inline Attr attr_of(const Padding& v) { return v.mode.empty() ? Attr(std::vector<int64_t>{v.h, v.w}) : Attr(v.mode); }
inline Attr attr_of(const Choice& v) { return std::vector<Choice>{v}; }
inline Attr attr_of(const std::vector<Choice>& v) { return v; }
inline Attr attr_of(const std::vector<std::string>& v) {
  std::vector<Choice> list;
  for (const std::string& s : v) list.push_back({s, {}});
  return list;
}

inline void read(float& v, const Attr& a) { v = static_cast<float>(std::holds_alternative<double>(a) ? std::get<double>(a) : static_cast<double>(std::get<int64_t>(a))); }
inline void read(double& v, const Attr& a) { v = std::holds_alternative<double>(a) ? std::get<double>(a) : static_cast<double>(std::get<int64_t>(a)); }
inline void read(int& v, const Attr& a) { v = static_cast<int>(std::get<int64_t>(a)); }
inline void read(bool& v, const Attr& a) { v = std::get<bool>(a); }
inline void read(std::string& v, const Attr& a) { v = std::get<std::string>(a); }
inline void read(Pair& v, const Attr& a) { auto& p = std::get<std::vector<int64_t>>(a); v = {int(p.at(0)), int(p.at(1))}; }
inline void read(Padding& v, const Attr& a) {
  if (auto* mode = std::get_if<std::string>(&a)) v = {*mode, 0, 0};
  else { auto& p = std::get<std::vector<int64_t>>(a); v = {"", int(p.at(0)), int(p.at(1))}; }
}
inline void read(Choice& v, const Attr& a) { v = std::get<std::vector<Choice>>(a).at(0); }
inline void read(std::vector<Choice>& v, const Attr& a) { v = std::get<std::vector<Choice>>(a); }
inline void read(std::vector<std::string>& v, const Attr& a) {
  v.clear();
  for (const Choice& c : std::get<std::vector<Choice>>(a)) v.push_back(c.kind);
}

inline ParamInfo::Type type_of(float) { return ParamInfo::Type::real; }
inline ParamInfo::Type type_of(double) { return ParamInfo::Type::real; }
inline ParamInfo::Type type_of(int) { return ParamInfo::Type::integer; }
inline ParamInfo::Type type_of(bool) { return ParamInfo::Type::boolean; }
inline ParamInfo::Type type_of(const std::string&) { return ParamInfo::Type::text; }
inline ParamInfo::Type type_of(const Pair&) { return ParamInfo::Type::pair; }
inline ParamInfo::Type type_of(const Padding&) { return ParamInfo::Type::padding; }
inline ParamInfo::Type type_of(const Choice&) { return ParamInfo::Type::choice; }
inline ParamInfo::Type type_of(const std::vector<Choice>&) { return ParamInfo::Type::choices; }
inline ParamInfo::Type type_of(const std::vector<std::string>&) { return ParamInfo::Type::texts; }
}  // namespace detail

// Not inlined: a compiler that sees the table through warns of the branches that its members never take.
template <class P>
__attribute__((noinline)) ParamInfo info_of(const Field<P>& f, const P& defaults) {
  return std::visit([&](auto member) -> ParamInfo {
    Attr fallback = detail::attr_of(defaults.*member);
    const int64_t* number = std::get_if<int64_t>(&fallback);
    return {f.name, detail::type_of(defaults.*member), fallback, number && *number == required, f.unit, f.low, f.high, f.doc};
  }, f.member);
}

template <class P>
std::vector<ParamInfo> infos_of(std::span<const Field<P>> fields) {
  std::vector<ParamInfo> infos;
  const P defaults{};
  for (const Field<P>& f : fields) infos.push_back(info_of(f, defaults));
  return infos;
}

template <class P>
P params_of(std::span<const Field<P>> fields, const Attrs& attrs) {
  P p{};
  for (const Field<P>& f : fields)
    if (const Attr* a = attrs.find(f.name)) std::visit([&](auto member) { detail::read(p.*member, *a); }, f.member);
  return p;
}

template <class P>
Attrs attrs_of(std::span<const Field<P>> fields, const P& p) {
  Attrs attrs;
  for (const Field<P>& f : fields) std::visit([&](auto member) { attrs.set(f.name, detail::attr_of(p.*member)); }, f.member);
  return attrs;
}

// A thing T of catalog/ may have `struct P` and `static constexpr Field<P> fields[]`, or neither.
struct NoParams {};
template <class T> struct ParamsOf { using type = NoParams; };
template <class T> requires requires { typename T::P; } struct ParamsOf<T> { using type = typename T::P; };

template <class T>
std::vector<ParamInfo> infos_of() {
  if constexpr (requires { T::fields; }) return infos_of<typename T::P>(std::span<const Field<typename T::P>>(T::fields));
  else return {};
}

template <class T>
typename ParamsOf<T>::type params_of(const Attrs& attrs) {
  if constexpr (requires { T::fields; }) return params_of<typename T::P>(std::span<const Field<typename T::P>>(T::fields), attrs);
  else return {};
}

}  // namespace synfire

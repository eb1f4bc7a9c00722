// Initialisers: the first numbers of a parameter, a pure function of the seed and the parameter's name.
//
//   struct He { static void fill(const Initial& to, const P&); };
//   SYNFIRE_INITIALIZER(He, "he", "…");
#pragma once
#include "synfire/base/random.h"
#include "synfire/def/param.h"

namespace synfire {

struct Initial {
  float* data;            // row-major, rows x columns
  int64_t rows, columns;  // shape[0], all the others
  int64_t fan_in, fan_out;
  Random random;          // stream named after the parameter
  int64_t size() const { return rows * columns; }
};

struct InitializerDef : Entry {
  void (*fill)(const Initial&, const Attrs&) = nullptr;
};
SYNFIRE_REGISTRY_DECLARE(InitializerDef)

template <class T>
bool add_initializer(std::string_view name, std::string_view doc, std::string_view file) {
  InitializerDef d;
  d.role = "initializer", d.name = name, d.doc = doc, d.file = file, d.params = infos_of<T>();
  d.fill = [](const Initial& to, const Attrs& attrs) { T::fill(to, params_of<T>(attrs)); };
  return Registry<InitializerDef>::add(d);
}

#define SYNFIRE_INITIALIZER(T, name, doc) static const bool registered_initializer_##T = ::synfire::add_initializer<T>(name, doc, __FILE__)

}  // namespace synfire

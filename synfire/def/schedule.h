// Schedules: what the learning rate is multiplied by, a pure function of the step; nothing to save, nothing to resume.
//
//   struct Cosine { struct P {…}; …; static double at(const Progress&, const P&); };
//   SYNFIRE_SCHEDULE(Cosine, "cosine", "…");
#pragma once
#include "synfire/def/param.h"

namespace synfire {

struct Progress {
  int64_t step = 0, total = 1;   // this step, counted from 0; all steps of the run
  int64_t per_epoch = 1;
};

struct ScheduleDef : Entry {
  double (*at)(const Progress&, const Attrs&) = nullptr;
};
SYNFIRE_REGISTRY_DECLARE(ScheduleDef)

template <class T>
bool add_schedule(std::string_view name, std::string_view doc, std::string_view file) {
  ScheduleDef d;
  d.role = "schedule", d.name = name, d.doc = doc, d.file = file, d.params = infos_of<T>();
  d.at = [](const Progress& k, const Attrs& attrs) { return T::at(k, params_of<T>(attrs)); };
  return Registry<ScheduleDef>::add(d);
}

#define SYNFIRE_SCHEDULE(T, name, doc) static const bool registered_schedule_##T = ::synfire::add_schedule<T>(name, doc, __FILE__)

}  // namespace synfire

// Transforms and augmentations: what happens to samples between the source and the network.
//
// A transform is a straight line per feature or per channel, fitted to the training part:
//   struct Standardize { static Line fit(const Summary& s, const P&); };
//   SYNFIRE_TRANSFORM(Standardize, "standardize", "…");
// An augmentation moves a training image by chance, anew in every epoch:
//   struct Flip { static void move(Placement& image, Chance& chance, const P&); };
//   SYNFIRE_AUGMENTATION(Flip, "flip", "…");
#pragma once
#include "synfire/base/random.h"
#include "synfire/def/param.h"

namespace synfire {

struct Summary { double mean = 0, deviation = 0, low = 0, high = 0; };  // of one column over the training part; deviation of the population
struct Line {                                                           // y = scale x + offset
  double scale = 1, offset = 0;
  Line then(const Line& next) const { return {scale * next.scale, offset * next.scale + next.offset}; }
};

struct TransformDef : Entry {
  Line (*fit)(const Summary&, const Attrs&) = nullptr;
};
SYNFIRE_REGISTRY_DECLARE(TransformDef)

// Where the pixels of an augmented image come from: pixel (h, w) is that of the source at (h + top, left + w), or, when
// mirrored, at (h + top, left + width - 1 - w). What lies outside of the source is blank (a stored 0).
struct Placement {
  int64_t top = 0, left = 0;
  bool mirrored = false;

  void shift(int64_t down, int64_t right) { top -= down, left += mirrored ? right : -right; }  // the image moves so far on its canvas
  void mirror() { mirrored = !mirrored; }
};

// The random numbers of one augmentation of one sample in one epoch.
class Chance {
 public:
  Chance(Random random, uint64_t first) : random_(random), next_(first) {}
  int64_t whole(int64_t low, int64_t high) { return low + int64_t(random_.below(next_++, uint64_t(high - low + 1))); }  // low … high
  bool happens(double p) { return double(random_.below(next_++, uint64_t{1} << 32)) * 0x1p-32 < p; }

 private:
  Random random_;
  uint64_t next_;
};

struct AugmentationDef : Entry {
  void (*move)(Placement&, Chance&, const Attrs&) = nullptr;
};
SYNFIRE_REGISTRY_DECLARE(AugmentationDef)

template <class T>
bool add_transform(std::string_view name, std::string_view doc, std::string_view file) {
  TransformDef d;
  d.role = "transform", d.name = name, d.doc = doc, d.file = file, d.params = infos_of<T>();
  d.fit = [](const Summary& s, const Attrs& attrs) { return T::fit(s, params_of<T>(attrs)); };
  return Registry<TransformDef>::add(d);
}

template <class T>
bool add_augmentation(std::string_view name, std::string_view doc, std::string_view file) {
  AugmentationDef d;
  d.role = "augmentation", d.name = name, d.doc = doc, d.file = file, d.params = infos_of<T>();
  d.move = [](Placement& image, Chance& chance, const Attrs& attrs) { T::move(image, chance, params_of<T>(attrs)); };
  return Registry<AugmentationDef>::add(d);
}

#define SYNFIRE_TRANSFORM(T, name, doc) static const bool registered_transform_##T = ::synfire::add_transform<T>(name, doc, __FILE__)
#define SYNFIRE_AUGMENTATION(T, name, doc) static const bool registered_augmentation_##T = ::synfire::add_augmentation<T>(name, doc, __FILE__)

}  // namespace synfire

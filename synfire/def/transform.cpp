// The registries of transforms and augmentations.
#include "synfire/def/transform.h"

namespace synfire {

SYNFIRE_REGISTRY(TransformDef)
SYNFIRE_REGISTRY(AugmentationDef)

}  // namespace synfire

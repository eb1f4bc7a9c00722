// The registries of the kinds that need nothing more.
#include "synfire/def/initializer.h"
#include "synfire/def/loss.h"
#include "synfire/def/schedule.h"

namespace synfire {

SYNFIRE_REGISTRY(LossDef)
SYNFIRE_REGISTRY(ScheduleDef)
SYNFIRE_REGISTRY(InitializerDef)

}  // namespace synfire

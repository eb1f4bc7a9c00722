// JPEG files.
#include "tests/fuzz/picture.h"

namespace synfire::fuzz {

SYNFIRE_FUZZ_TARGET(jpeg, use_picture);

}  // namespace synfire::fuzz

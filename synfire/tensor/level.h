// Which of the libraries, one a processor level, the dynamic loader has taken: for doctor and for what is measured.
#pragma once

namespace synfire {

const char* level_name();  // "x86-64-v4", "x86-64-v3" or "x86-64"
int level_lanes();         // floats that the matrix kernels handle at once: 16, 8 or 4

}  // namespace synfire

// What the system says of this process.
#pragma once

namespace synfire {

double resident_bytes();       // memory, now
double peak_resident_bytes();  // the most so far

}  // namespace synfire

// Read from /proc/self/status; 0 where there is none.
#include "synfire/base/process.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace synfire {

static double from_status(const char* key) {  // a line of /proc/self/status, in KB there
  std::FILE* f = std::fopen("/proc/self/status", "re");
  if (!f) return 0;
  char line[256];
  double kb = 0;
  while (std::fgets(line, sizeof line, f))
    if (std::strncmp(line, key, std::strlen(key)) == 0) kb = std::strtod(line + std::strlen(key) + 1, nullptr);
  std::fclose(f);
  return kb * 1024;
}

double resident_bytes() { return from_status("VmRSS"); }
double peak_resident_bytes() { return from_status("VmHWM"); }

}  // namespace synfire

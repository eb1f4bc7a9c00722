/* The version of these headers; what was loaded at run time tells its own by synfire_version() and synfire::version().
 * Within 0.MINOR programs need not be changed for a newer PATCH. The build reads the numbers from here. */
#ifndef SYNFIRE_VERSION_H
#define SYNFIRE_VERSION_H

#define SYNFIRE_VERSION_MAJOR 0
#define SYNFIRE_VERSION_MINOR 1
#define SYNFIRE_VERSION_PATCH 0
#define SYNFIRE_VERSION "0.1.0"
#define SYNFIRE_VERSION_AT_LEAST(major, minor, patch) \
  (SYNFIRE_VERSION_MAJOR * 1000000 + SYNFIRE_VERSION_MINOR * 1000 + SYNFIRE_VERSION_PATCH >= (major) * 1000000 + (minor) * 1000 + (patch))

#endif

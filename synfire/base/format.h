// fmt::format("{} of {}", a, b), called by its whole name: beside std::format, where a library has it, the short one is ambiguous.
#pragma once
#include <fmt/format.h>

// format("{} of {}", a, b): the one door to the formatting library, so that std::format can replace it.
#pragma once
#include <fmt/format.h>

namespace synfire {
using fmt::format;
}

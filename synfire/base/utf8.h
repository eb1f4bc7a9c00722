// UTF-8 that somebody else wrote: where it is broken, and how any bytes are shown on a terminal without doing anything there.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace synfire {

// Place of the first byte that is no UTF-8 (RFC 3629: no overlong forms, no surrogates), or the size.
size_t first_bad_utf8(std::string_view text);

// On one line: control characters (with those of U+0080 … U+009F) and bytes that are no UTF-8 become \x1b and the like, all else stays.
std::string printable(std::string_view text);

}  // namespace synfire

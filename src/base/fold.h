#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace base {

/// The form in which two strings of directory names are compared octet by octet (RFC 5280
/// 7.1, RFC 4518 2): compatibility characters and case folded, characters that show
/// nothing left out, spaces at the ends dropped and others one for each run. The only
/// door to libunistring's folding. Nothing if `utf8` is not UTF-8.
[[nodiscard]] std::optional<std::string> fold(std::string_view utf8);

}  // namespace base

#pragma once

#include <string>
#include <string_view>

namespace smtp {

/// The local part of an address as a command has it: as it is if it is a Dot-string or
/// empty, else as a Quoted-string (RFC 5321 4.1.2). Octets beyond ASCII need no quotes
/// (RFC 6531 3.3).
[[nodiscard]] std::string quoted_local_part(std::string_view local);

}  // namespace smtp

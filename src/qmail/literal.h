#pragma once

#include <optional>
#include <string_view>

#include "src/base/address.h"

namespace qmail {

/// An address in the place of a domain, also as mail writes IPv6: `[IPv6:2001:db8::1]`
/// (RFC 5321 4.1.3); an IPv4-mapped one is the IPv4 address. Nothing if `text` is none.
[[nodiscard]] std::optional<net::Address> literal_in(std::string_view text);

}  // namespace qmail

#pragma once

#include <span>
#include <string_view>

#include "src/base/address.h"

namespace net {

/// Whether an address may be that of a host on the Internet: not one of private networks,
/// this machine, documentation, multicast or another special use by the registries of
/// IANA (RFC 6890), and no form of IPv6 that leads to such an IPv4 address (RFC 4291
/// 2.5.5, RFC 6052 2.1, RFC 3056 2, RFC 5214 6.1).
[[nodiscard]] bool is_public(const Address& address);

/// The networks of the addresses that are not, as far as a list of networks can say it,
/// `ADDRESS/BITS` each.
[[nodiscard]] std::span<const std::string_view> special_networks();

}  // namespace net

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/bytes.h"

namespace net {

enum class Family { v4, v6 };

/// An IP address, with the interface that gives a link-local one its meaning.
struct Address {
  Family family = Family::v4;
  std::array<std::byte, 16> octets{};  ///< network order; the first 4 for IPv4
  std::uint32_t scope = 0;             ///< interface index (RFC 4007 6), 0 for none

  /// The 4 or 16 octets that count.
  [[nodiscard]] base::ByteView bytes() const {
    return base::ByteView(octets).first(family == Family::v4 ? 4 : 16);
  }
  [[nodiscard]] bool operator==(const Address&) const = default;
};

/// The address of 4 (IPv4) or 16 (IPv6) octets in network order; nothing for others.
[[nodiscard]] std::optional<Address> address_from_bytes(base::ByteView octets);

/// The address of a literal, IPv6 also in brackets; an IPv4-mapped IPv6 address is the
/// IPv4 address (RFC 4291 2.5.5.2). Nothing if `text` is none.
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);

/// An address as a name: its octets as they are written, so that an IPv4-mapped one has
/// 16 and is another name than the IPv4 address (RFC 9525 6.4). From a literal, and from
/// the 4 or 16 octets of an iPAddress (RFC 5280 4.2.1.6).
[[nodiscard]] std::optional<Address> parse_address_name(std::string_view text);
[[nodiscard]] std::optional<Address> address_name(base::ByteView octets);

/// The address to connect to: IPv4 for an IPv4-mapped one (RFC 4291 2.5.5.2).
[[nodiscard]] Address unmapped(const Address& address);

/// Dotted decimal or RFC 5952 form, no brackets, no scope.
[[nodiscard]] std::string to_text(const Address& address);

/// Whether only this machine has it (127.0.0.0/8, ::1).
[[nodiscard]] bool is_loopback(const Address& address);

/// The name whose PTR record is the address's host name (RFC 1035 3.5, RFC 3596 2.5).
[[nodiscard]] std::string reverse_name(const Address& address);

/// An address and a port in host order.
struct Endpoint {
  Address address;
  std::uint16_t port = 0;
  [[nodiscard]] bool operator==(const Endpoint&) const = default;
};

}  // namespace net

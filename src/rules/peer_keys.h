#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/address.h"
#include "src/base/address_block.h"

namespace rules {

/// Whom a rule is looked up for.
struct Peer {
  net::Address address;             ///< an IPv4-mapped one counts as the IPv4 address
  std::optional<std::string> host;  ///< its name in the DNS; empty counts as unknown
  std::optional<std::string> info;  ///< what its IDENT server said (RFC 1413), if it did
};

/// A key that is an address or a block of addresses as people write them.
struct BlockKey {
  net::AddressBlock block;
  std::string key;
};

/// The addresses of a key that is no text of tcpserver's, but says what it is for:
/// `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `2001:DB8::/32`, and an IPv6 address in any
/// spelling. Nothing for any other key.
[[nodiscard]] std::optional<net::AddressBlock> written_block(std::string_view key);

/// The keys under which a rule for the peer may stand, the one that counts first, with
/// the narrowest of the `blocks` that hold it; a few hundred at most.
[[nodiscard]] std::vector<std::string> keys_of(const Peer& peer,
                                               std::span<const BlockKey> blocks);

}  // namespace rules

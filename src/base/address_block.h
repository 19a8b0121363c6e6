#pragma once

#include <optional>
#include <string_view>

#include "src/base/address.h"

namespace net {

/// All addresses that begin with the same bits.
struct AddressBlock {
  Address address;
  unsigned bits = 0;  ///< 0 to 32, or to 128
};

/// `ADDRESS`, `ADDRESS/BITS` or, for IPv4, `ADDRESS/MASK` (192.0.2.0/255.255.255.0).
/// Nothing for another word, and for a mask that has a one behind a zero.
[[nodiscard]] std::optional<AddressBlock> parse_block(std::string_view text);

/// Whether the block holds the address; scopes do not matter.
[[nodiscard]] bool contains(const AddressBlock& block, const Address& address);

}  // namespace net

#pragma once

#include <array>
#include <optional>

#include "src/evidence/zone_key.h"

namespace evidence {

/// Whether the key made the signature over the octets (RFC 4034 3.1.8.1, RFC 3110, RFC
/// 6605, RFC 8080). Never for a key that costs more than `cmake/dnssec_bounds.cpp` lets
/// libunbound spend.
[[nodiscard]] bool is_signature_of(const ZoneKey& key, base::ByteView signed_octets,
                                   base::ByteView signature);

/// The digest of a DS record's type (RFC 4034 5.1.4); nothing for types that are not
/// known.
[[nodiscard]] std::optional<base::Bytes> ds_digest(std::uint8_t type,
                                                   base::ByteView octets);

using Sha1 = std::array<std::byte, 20>;
[[nodiscard]] Sha1 sha1(base::ByteView octets);

}  // namespace evidence

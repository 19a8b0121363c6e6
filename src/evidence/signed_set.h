#pragma once

#include <cstdint>
#include <vector>

#include "src/base/error.h"
#include "src/evidence/wire_name.h"

namespace evidence {

/// Types that only validation asks for; those that are looked up are in resolver/type.h.
inline constexpr std::uint16_t kSoa = 6, kDname = 39, kRrsig = 46, kNsec = 47,
                               kNsec3 = 50;

/// Whether records of a type deny (RFC 4034 4, RFC 5155 3).
[[nodiscard]] constexpr bool is_denial(std::uint16_t type) {
  return type == kNsec || type == kNsec3;
}

/// A signature over a set (RFC 4034 3.1).
struct Rrsig {
  std::uint8_t algorithm = 0;
  std::uint8_t labels = 0;
  std::uint32_t original_ttl = 0;
  std::uint32_t expiration = 0;  ///< in serial time (RFC 4034 3.1.5)
  std::uint32_t inception = 0;   ///< likewise
  std::uint16_t key_tag = 0;
  WireName signer;
  base::ByteView fields;     ///< all of its RDATA before the signature
  base::ByteView signature;  ///< by the key
};

/// The records of one owner and type, and the signatures over them, as views of what they
/// were read from.
struct SignedSet {
  WireName owner;
  std::uint16_t type = 0;
  std::vector<base::ByteView> records;  ///< RDATA, in canonical order
  std::vector<Rrsig> signatures;        ///< likewise
};

/// The set in wire form, if it is in the one form that docs/evidence-format.md lets it
/// have. Error kind `permanent`, code `malformed`.
[[nodiscard]] base::Result<SignedSet> read_signed_set(base::ByteView octets);

}  // namespace evidence

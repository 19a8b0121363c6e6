#pragma once

#include <optional>

#include "src/evidence/wire_name.h"

namespace evidence {

/// A DNSKEY record that may sign a zone (RFC 4034 2.1).
struct ZoneKey {
  std::uint8_t algorithm = 0;
  std::uint16_t tag = 0;      ///< RFC 4034 appendix B
  base::ByteView rdata;       ///< the whole record
  base::ByteView public_key;  ///< as its algorithm writes it
  std::size_t rsa_bits = 0;   ///< of the modulus; 0: no RSA key
};

/// A DS record (RFC 4034 5.1).
struct DsRecord {
  std::uint16_t tag = 0;
  std::uint8_t algorithm = 0;
  std::uint8_t digest_type = 0;
  base::ByteView digest;
};

inline constexpr std::uint8_t kEd448 = 16;  // RFC 8080
/// Whether Ed448 is known: libunbound on nettle, as Debian 12 has it, does not know it.
enum class Ed448 { unknown, known };

/// Whether an algorithm is one of those that libunbound knows: RSA with SHA-1 and SHA-2,
/// ECDSA and Ed25519 (RFC 8624 3.1), and maybe Ed448. A zone that is signed by none of
/// them is insecure (RFC 4035 5.2), so both validators must know the same ones.
[[nodiscard]] bool is_known_algorithm(std::uint8_t number, Ed448 ed448);
/// Whether a DS digest is known: SHA-1, SHA-256 and SHA-384 (RFC 8624 3.3).
[[nodiscard]] bool is_known_digest(std::uint8_t number);
[[nodiscard]] bool is_rsa(std::uint8_t algorithm);

/// The record, if it is the key of a zone (flag and protocol of RFC 4034 2.1).
[[nodiscard]] std::optional<ZoneKey> read_zone_key(base::ByteView rdata);
/// Nothing if there is no digest.
[[nodiscard]] std::optional<DsRecord> read_ds(base::ByteView rdata);

/// Whether the DS record is the key's, by tag, algorithm and digest.
[[nodiscard]] bool names_key(const DsRecord& ds, const WireName& zone,
                             const ZoneKey& key);

/// A key of RSA in parts (RFC 3110 2), without leading zeros.
struct RsaParts {
  base::ByteView exponent;
  base::ByteView modulus;
};
[[nodiscard]] std::optional<RsaParts> rsa_parts(base::ByteView public_key);
/// The bits of a number that has no leading zeros.
[[nodiscard]] std::size_t bits_of(base::ByteView number);

}  // namespace evidence

#include "src/keeper/handshake_shape.h"

#include <gnutls/gnutls.h>

#include <algorithm>
#include <array>

namespace keeper {
namespace {

bool is_sha2(gnutls_digest_algorithm_t hash) {
  return hash == GNUTLS_DIG_SHA256 || hash == GNUTLS_DIG_SHA384 ||
         hash == GNUTLS_DIG_SHA512;
}

/// Whether the octets are a DigestInfo of SHA-256, SHA-384 or SHA-512 (RFC 8017 9.2), to
/// its last octet: what PKCS #1 v1.5 signs.
bool is_digest_info(base::ByteView octets) {
  struct Kind {
    std::size_t hash;
    std::byte number;  // the last of its OID 2.16.840.1.101.3.4.2.N
  };
  constexpr std::array<Kind, 3> kKinds = {
      {{32, std::byte{1}}, {48, std::byte{2}}, {64, std::byte{3}}}};
  constexpr std::size_t kPrefix = 19;
  for (const Kind& kind : kKinds) {
    const auto size = static_cast<std::uint8_t>(kind.hash);
    const std::array<std::uint8_t, kPrefix> prefix = {
        0x30,
        static_cast<std::uint8_t>(size + 17),
        0x30,
        0x0d,
        0x06,
        0x09,
        0x60,
        0x86,
        0x48,
        0x01,
        0x65,
        0x03,
        0x04,
        0x02,
        std::to_integer<std::uint8_t>(kind.number),
        0x05,
        0x00,
        0x04,
        size};
    if (octets.size() == kPrefix + kind.hash &&
        base::equal(octets.first(kPrefix), std::as_bytes(std::span(prefix)))) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool is_of_a_handshake(const tls::SigningRequest& request) {
  if (request.flags != 0) return false;
  const auto algorithm = static_cast<gnutls_sign_algorithm_t>(request.algorithm);
  if (!request.is_hash) {
    return algorithm == GNUTLS_SIGN_EDDSA_ED25519 || algorithm == GNUTLS_SIGN_EDDSA_ED448;
  }
  if (algorithm == GNUTLS_SIGN_RSA_RAW) return is_digest_info(request.octets);
  return is_sha2(gnutls_sign_get_hash_algorithm(algorithm));
}

}  // namespace keeper

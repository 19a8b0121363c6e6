#include "src/tls/handshake_cost.h"

#include <gnutls/gnutls.h>

#include <span>

#include "verify/certificate.h"
#include "verify/key.h"

namespace tls {
namespace {

constexpr std::size_t kMostPrimeOctets = 1024;  // ffdhe8192 (RFC 7919), the largest group

/// The key that the peer showed: of its leaf, or bare; empty if it is neither.
base::ByteView key_of_peer(gnutls_session_t session) {
  unsigned count = 0;
  const gnutls_datum_t* list = gnutls_certificate_get_peers(session, &count);
  if (list == nullptr || count == 0) return {};
  const base::ByteView shown = std::as_bytes(std::span(list[0].data, list[0].size));
  if (gnutls_certificate_type_get2(session, GNUTLS_CTYPE_PEERS) == GNUTLS_CRT_RAWPK) {
    return shown;
  }
  const auto leaf = verify::parse_certificate(shown);
  return leaf ? leaf->spki : base::ByteView();
}

std::optional<std::string> costly_peer(gnutls_session_t session) {
  unsigned count = 0;
  if (gnutls_certificate_get_peers(session, &count) == nullptr) return std::nullopt;
  return verify::costly_key(key_of_peer(session));
}

// ServerDHParams begin with the prime, behind its length (RFC 5246 7.4.3).
std::optional<std::string> costly_group(gnutls_session_t session, base::ByteView body) {
  const auto exchange = gnutls_kx_get(session);
  if (exchange != GNUTLS_KX_DHE_RSA && exchange != GNUTLS_KX_DHE_DSS &&
      exchange != GNUTLS_KX_ANON_DH) {
    return std::nullopt;
  }
  if (body.size() < 2) return std::nullopt;  // GnuTLS refuses it
  const auto octets =
      std::to_integer<std::size_t>(body[0]) * 256 + std::to_integer<std::size_t>(body[1]);
  if (octets <= kMostPrimeOctets) return std::nullopt;
  return "a Diffie-Hellman prime of " + std::to_string(octets * 8) + " bits is not used";
}

}  // namespace

std::optional<std::string> costly_message(gnutls_session_int* session, unsigned type,
                                          base::ByteView body) {
  switch (type) {
    case GNUTLS_HANDSHAKE_SERVER_KEY_EXCHANGE:
      if (auto group = costly_group(session, body)) return group;
      return costly_peer(session);
    case GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY:
    case GNUTLS_HANDSHAKE_SERVER_HELLO_DONE:  // the key may be encrypted to
      return costly_peer(session);
    default:
      return std::nullopt;
  }
}

}  // namespace tls

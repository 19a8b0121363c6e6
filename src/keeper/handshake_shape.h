#pragma once

#include "src/tls/private_key.h"

namespace keeper {

/// Whether a request is one that a server's handshake makes (RFC 8446 4.4.3, RFC 5246
/// 7.4.3), as far as can be told: a hash of SHA-2, or for EdDSA, which hashes by itself,
/// any octets. A talker that was taken over may ask for more: other algorithms, raw RSA.
[[nodiscard]] bool is_of_a_handshake(const tls::SigningRequest& request);

}  // namespace keeper

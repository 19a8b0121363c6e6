#pragma once

#include <optional>
#include <string>

#include "src/base/bytes.h"

namespace verify {

/// The leaf's key as our TLS library reads it: `spki` (DER of a SubjectPublicKeyInfo)
/// itself, or the same key written in the form of RFC 5480 2.1.1 and 2.2 where the peer
/// wrote a curve that every client knows by its parameters, or compressed the point.
/// Nothing for a key with which no signature of a handshake can be checked here: anything
/// but RSA, RSASSA-PSS, ECDSA on P-256, P-384 or P-521, Ed25519 and Ed448.
[[nodiscard]] std::optional<base::Bytes> tls_key(base::ByteView spki);

/// Why no handshake is held with a leaf of this key, in words: it is of none of those
/// kinds, or checking a signature would take too long (key.h). Nothing if one is held.
[[nodiscard]] std::optional<std::string> unsupported_key(base::ByteView spki);
/// Why none is held with this raw public key.
[[nodiscard]] std::optional<std::string> unsupported_raw_key(base::ByteView spki);

/// Whether the library reads `spki` as it is: nobody rewrites a raw public key (RFC
/// 7250).
[[nodiscard]] bool is_tls_key(base::ByteView spki);

/// Whether a certificate (DER) lets its key sign a handshake: it says nothing of the
/// key's usage, or names digitalSignature (RFC 5280 4.2.1.3, RFC 8446 4.4.2.2).
[[nodiscard]] bool may_sign_handshakes(base::ByteView certificate);

}  // namespace verify

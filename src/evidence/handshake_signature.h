#pragma once

#include <optional>
#include <string>

#include "src/base/error.h"
#include "src/evidence/handshake_message.h"
#include "src/evidence/suite.h"

namespace evidence {

/// The hash of these octets.
[[nodiscard]] base::Bytes digest(TranscriptHash hash, base::ByteView octets);

/// The key (DER of a SubjectPublicKeyInfo, as our library reads it) that a server which
/// shows `chain` signs handshakes with. Error kind `usage`, code `bad_evidence`: a leaf
/// that is no certificate, and a key with which no handshake is held (verify/tls_key.h);
/// nobody has computed with that one.
[[nodiscard]] base::Result<base::Bytes> signing_key(const verify::Chain& chain);

/// Whether the signature is that key's over `content`, by a scheme of this version (RFC
/// 8446 4.2.3, RFC 5246 7.4.1.4.1) that goes with the key. Error kind `usage`, code
/// `bad_evidence`, where it is not.
[[nodiscard]] base::Result<void> check_signature(base::ByteView key, TlsVersion protocol,
                                                 const HandshakeSignature& signature,
                                                 base::ByteView content);

/// Why somebody other than the key's holder might come to have made a signature of this
/// scheme and key, in words: SHA-1, for which collisions are made (RFC 9155), or an RSA
/// key below 2048 bits. Nothing for what is strong.
[[nodiscard]] std::optional<std::string> weakness(std::uint16_t scheme,
                                                  base::ByteView key);

}  // namespace evidence

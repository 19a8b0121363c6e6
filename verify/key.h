#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "src/base/bytes.h"

namespace verify {

/// The sizes of an RSA public key.
struct RsaKey {
  std::size_t modulus_bits = 0;   ///< in whole octets
  std::size_t exponent_bits = 0;  ///< in whole octets
};

/// The sizes of the RSA key in a SubjectPublicKeyInfo, whether for PKCS#1 signatures (RFC
/// 3279 2.3.1), for RSASSA-PSS alone (RFC 4055 3.1), or under one of the older names that
/// libraries take for RSA; nothing for other keys and for what is not DER.
[[nodiscard]] std::optional<RsaKey> rsa_key(base::ByteView spki);

/// Why no signature is checked with this key (a SubjectPublicKeyInfo), in words: it is
/// made to be slow, or nobody can say how long it takes. Nothing if one check is cheap.
///
/// Neither GnuTLS nor nettle bounds a key: one of 30,000 octets with an exponent as long
/// is minutes inside one call, and anybody between us and a host can send it, for the
/// client computes before it knows whom it speaks to (RFC 8446 4.4.3). So whatever asks a
/// library to compute with a key that came from outside asks here first. The bounds are
/// OpenSSL's: moduli of 16,384 bits, and above 3,072 bits an exponent of 64. DSA keys,
/// which carry their own large numbers and which nobody has in TLS 1.3, are not computed
/// with at all.
[[nodiscard]] std::optional<std::string> costly_key(base::ByteView spki);

}  // namespace verify

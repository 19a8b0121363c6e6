#pragma once

#include "src/base/bytes.h"

namespace evidence {

/// Whether a public key of 57 octets made the signature of 114 octets over the octets
/// (RFC 8032 5.2, RFC 8080), by GnuTLS: Debian's ldns has no Ed448.
[[nodiscard]] bool is_ed448_signature(base::ByteView public_key, base::ByteView octets,
                                      base::ByteView signature);

}  // namespace evidence

#pragma once

#include <optional>
#include <span>
#include <string>

#include "src/base/bytes.h"
#include "src/base/error.h"
#include "verify/chain.h"

namespace tls {

/// How a Certificate message is laid out.
enum class Layout {
  tls12,  ///< RFC 5246 7.4.2: nothing but certificates
  tls13,  ///< RFC 8446 4.4.2: a context, and extensions behind each certificate
};

/// The certificates in the body of a peer's Certificate message; nothing for a body
/// that is not laid out so.
[[nodiscard]] std::optional<verify::Certificates> read_certificate_message(
    base::ByteView body, Layout layout);

/// What was done about a Certificate message.
enum class Reading {
  plain,     ///< nothing: GnuTLS reads it
  stood_in,  ///< the body now holds one certificate with the leaf's key and no more
};

/// Makes a peer's Certificate message one that GnuTLS can go on with. It takes a
/// handshake down over a certificate that it cannot read (a repeated extension, an empty
/// dNSName, fractions of a second, a curve by its parameters, in TLS 1.2 also behind the
/// leaf), though all that it needs is the leaf's key, and what the certificate says may
/// count for nothing (RFC 7671 5.1). So `body` is overwritten in its length by one
/// certificate with that key. Who judges the peer must see `sent`, and the transcript
/// must already hold the body as it came. Errors, kind `temporary`: `bad_certificate`
/// (the leaf is none), `unsupported_key` (see verify/tls_key.h).
[[nodiscard]] base::Result<Reading> make_readable(std::span<std::byte> body,
                                                  Layout layout,
                                                  const verify::Certificates& sent);

/// The raw public key (DER) in the body of a peer's Certificate message (RFC 7250 3),
/// which in TLS 1.2 stands there alone; nothing for a body that is not laid out so.
[[nodiscard]] std::optional<base::Bytes> read_raw_key_message(base::ByteView body,
                                                              Layout layout);

/// Whether a raw public key (DER) can be used. Error `unsupported_key`.
[[nodiscard]] base::Result<void> check_raw_key(base::ByteView spki);

}  // namespace tls

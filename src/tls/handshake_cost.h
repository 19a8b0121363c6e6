#pragma once

#include <optional>
#include <string>

#include "src/base/bytes.h"

struct gnutls_session_int;  // GnuTLS's session

namespace tls {

/// Why the next handshake message of a peer must not be worked on, in words, asked before
/// GnuTLS does: `type` is that of the message (RFC 8446 4, RFC 5246 7.4), `body` what
/// follows its header. Nothing if it may.
///
/// GnuTLS checks the peer's signature over the handshake before anybody has judged the
/// peer, with whatever key the peer sent, and computes with whatever group a TLS 1.2
/// server names. Both can take minutes inside one call, which no deadline interrupts. So
/// the key is looked at when a message comes that is going to be checked with it
/// (verify/key.h), and the group before it is used.
[[nodiscard]] std::optional<std::string> costly_message(gnutls_session_int* session,
                                                        unsigned type,
                                                        base::ByteView body);

}  // namespace tls

#pragma once

#include <string>

#include "src/base/bytes.h"

struct gnutls_session_int;  // GnuTLS's session

namespace tls {

/// What was negotiated.
struct SessionFacts {
  std::string protocol;     ///< `TLSv1.3`
  std::string cipher;       ///< the suite's IANA name
  std::string group;        ///< key exchange, e.g. `X25519`; may be empty
  std::string session_id;   ///< lower-case hex
  int key_bits = 0;         ///< of the cipher
  std::string server_name;  ///< that a client asked for (RFC 6066 3), where we serve
  bool resumed = false;     ///< by a ticket: the peer's certificate was not sent again
  base::Bytes exporter;     ///< channel binding tls-exporter (RFC 9266), 32 octets
};

/// What GnuTLS says of its session, but for the exporter.
[[nodiscard]] SessionFacts negotiated(gnutls_session_int* session);

/// The channel binding tls-exporter (RFC 9266); empty before the end of the handshake.
[[nodiscard]] base::Bytes channel_binding(gnutls_session_int* session);

}  // namespace tls

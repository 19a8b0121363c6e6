// A TLS client for tests: GnuTLS, which believes every server and keeps what it saw.
#pragma once

#include <gnutls/gnutls.h>

#include <string>
#include <vector>

#include "src/base/bytes.h"
#include "tests/support/certificates.h"

namespace support {

/// What a client says in its hello, and what it shows when it is asked.
struct ClientRecipe {
  std::string priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
  std::string server_name{};             ///< as it is sent (RFC 6066 3)
  std::vector<std::string> protocols{};  ///< of ALPN (RFC 7301)
  /// DER as it is sent, leaf first; GnuTLS does not look at it. Empty: no certificate.
  std::vector<base::Bytes> chain{};
  Key key{"leaf"};        ///< what it signs with
  base::Bytes session{};  ///< of an earlier connection, to be taken up again
  std::size_t piece = 0;  ///< octets that it sends at a time; 0: all there are
  unsigned flags = 0;     ///< more of gnutls_init
};

/// What the client saw of its server.
struct SeenServer {
  int handshake = GNUTLS_E_INTERNAL_ERROR;  ///< GnuTLS's code for its end
  std::string alert;                        ///< the fatal alert that ended it, if any
  std::vector<base::Bytes> certificates;    ///< none where the session was resumed
  bool was_asked = false;                   ///< for a certificate
  bool resumed = false;
  unsigned tickets = 0;  ///< of TLS 1.3, that came behind the handshake
  std::string protocol;  ///< of ALPN
  base::Bytes session;   ///< for a later connection
  std::string heard;     ///< application data
  bool heard_goodbye = false;
};

/// Shakes hands on a blocking socket, says `words`, and hears until the end.
[[nodiscard]] SeenServer talk_to_server(int fd, const ClientRecipe& recipe,
                                        std::string_view words = {});

}  // namespace support

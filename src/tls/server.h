#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/tls/own_certificate.h"
#include "src/tls/session.h"

namespace tls {

/// Whether a client is asked for a certificate, and whether it may do without one.
enum class ClientCertificate { none, optional, required };

/// What holds for a server's side of a connection. Server names are in lower case and
/// without a dot at their end; the empty one is that of a client that names none, or one
/// that is no host name.
struct ServerOptions {
  std::string priorities;  ///< GnuTLS priority string; empty: `default_priorities()`
  ClientCertificate client_certificate = ClientCertificate::none;
  bool raw_client_keys = false;  ///< raw public keys (RFC 7250) will do, too
  /// Protocols of ALPN (RFC 7301); a client that knows none of them is refused.
  std::vector<std::string> protocols;
  /// What is shown to a client that asks for this name; never null.
  std::function<Credentials(const std::string& server_name)> credentials;
  /// The 64 octets from which tickets for that name are made (RFC 8446 4.6.1); none: no
  /// tickets. Not asked where clients are asked for certificates: what proved one is not
  /// proved again by a ticket.
  std::function<std::optional<base::Bytes>(const std::string& server_name)> ticket_key;
  /// What is said in the DNSSEC chain extension (RFC 9102 2.2) to a client that asks for
  /// the TLSA records of that name at that port; empty: nothing. Null: as if it were.
  /// Said in TLS 1.2 alone.
  std::function<base::Bytes(const std::string& server_name, std::uint16_t port)>
      dnssec_chain;
};

/// A server's side of one connection. The judge sees an empty chain where the client
/// shows no certificate. Error kind `usage`, code `bad_ciphers`.
[[nodiscard]] base::Result<std::unique_ptr<Session>> make_server(ServerOptions options);

}  // namespace tls

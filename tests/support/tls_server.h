// A TLS server for tests: GnuTLS in a thread, on one end of a socket pair.
//
// It shows whatever octets it is told to show as its certificates, signs with a key of
// support::Key, and keeps what it saw of the client. No network, no waiting beyond the
// handshake itself.
#pragma once

#include <gnutls/gnutls.h>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "src/base/bytes.h"
#include "src/io/descriptor.h"
#include "tests/support/certificates.h"

namespace support {

/// Whether a server asks its client for a certificate.
enum class ClientCertificate { not_asked, asked, demanded };

/// What a TLS server shows.
struct ServerRecipe {
  std::string priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
  /// DER as it is sent, leaf first; GnuTLS does not look at it. Empty: no certificate.
  std::vector<base::Bytes> chain{};
  Key key{"leaf"};  ///< what it signs with
  /// A key (DER) that is shown in place of the chain where both sides can (RFC 7250).
  std::optional<base::Bytes> raw_key{};
  ClientCertificate client = ClientCertificate::not_asked;
  gnutls_keylog_func keylog = nullptr;  ///< told of the session's secrets
  /// What it says in TLS 1.2 to a client that asks for a DNSSEC chain (RFC 9102).
  std::optional<base::Bytes> dnssec_chain{};
};

/// A handshake message without its header, by GnuTLS's number of its type.
struct Message {
  unsigned type = 0;
  base::Bytes body;
};

/// What the server saw of its client.
struct SeenClient {
  int handshake = GNUTLS_E_INTERNAL_ERROR;  ///< GnuTLS's code for its end
  std::string alert;                        ///< the fatal alert that ended it, if any
  std::string server_name;                  ///< of the hello (RFC 6066 3)
  std::set<unsigned> extensions;            ///< numbers of the hello's extensions
  std::vector<Message> messages;            ///< of both ends, in their order
  std::vector<base::Bytes> certificates;    ///< what the client showed
  std::string heard;                        ///< application data
  bool heard_goodbye = false;               ///< close_notify
};

/// Reads application data until the end.
void listen_to_the_end(gnutls_session_t session, SeenClient& seen);
/// Sends all of `text`.
void say(gnutls_session_t session, std::string_view text);

/// One connection of such a server.
class TlsServer {
 public:
  /// What happens after a handshake that came about.
  using Talk = std::function<void(gnutls_session_t, SeenClient&)>;

  explicit TlsServer(ServerRecipe recipe, Talk talk = listen_to_the_end);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  /// The client's end, non-blocking.
  [[nodiscard]] io::Descriptor take_client() { return std::move(client_); }
  /// Waits for the server's end; the client's must have been closed or be at its end.
  const SeenClient& seen();

 private:
  void run();
  void shake_hands(gnutls_session_t session);

  ServerRecipe recipe_;
  Talk talk_;
  std::string key_pem_;
  SeenClient seen_;
  io::Descriptor client_;
  io::Descriptor server_;
  std::thread thread_;
};

}  // namespace support

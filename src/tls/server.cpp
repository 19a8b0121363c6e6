// The server's part of a handshake: a client's hello and its Certificate message.
//
// What is shown depends on the name that the client asks for, and so does the key of its
// tickets: both are settled when the hello comes, before GnuTLS looks at it. A ticket
// made for one name is nothing under another, and where the demands on clients change,
// the key does too (whoever gives it sees to that); a ticket that cannot be read means a
// full handshake. Tickets are of TLS 1.3 alone, where they have forward secrecy, and only
// one is given: clients that come back take one. Early data, which can be replayed, is
// never accepted (RFC 8446 8).
#include "src/tls/server.h"

#include <gnutls/abstract.h>

#include <algorithm>

#include "src/tls/certificate_message.h"
#include "src/tls/client_hello.h"
#include "src/tls/gnutls_session.h"
#include "src/tls/priorities.h"

namespace tls {
namespace {

gnutls_certificate_request_t request_for(ClientCertificate wanted) {
  switch (wanted) {
    case ClientCertificate::none:
      return GNUTLS_CERT_IGNORE;
    case ClientCertificate::optional:
      return GNUTLS_CERT_REQUEST;
    case ClientCertificate::required:
      return GNUTLS_CERT_REQUIRE;
  }
  return GNUTLS_CERT_REQUIRE;
}

std::optional<std::uint16_t> group_of(gnutls_ecc_curve_t curve) {
  switch (curve) {
    case GNUTLS_ECC_CURVE_SECP256R1:
      return 23;
    case GNUTLS_ECC_CURVE_SECP384R1:
      return 24;
    case GNUTLS_ECC_CURVE_SECP521R1:
      return 25;
    default:
      return std::nullopt;
  }
}

/// The curve of the key of a leaf; nothing for a key of another kind.
std::optional<std::uint16_t> curve_of(const gnutls_datum_t& leaf) {
  gnutls_pcert_st certificate{};
  if (gnutls_pcert_import_x509_raw(&certificate, &leaf, GNUTLS_X509_FMT_DER, 0) != 0) {
    return std::nullopt;
  }
  gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
  (void)gnutls_pubkey_export_ecc_raw2(certificate.pubkey, &curve, nullptr, nullptr, 0);
  gnutls_pcert_deinit(&certificate);
  return group_of(curve);
}

/// Whether a client cannot check a key of ours for want of its curve. In TLS 1.2 the
/// groups of a client are those of certificates too (RFC 8422 5.1), which GnuTLS does not
/// look at; in TLS 1.3 they are not (RFC 8446 4.2.7).
bool lacks_a_curve(const ClientHello& hello, const Credentials& shown) {
  if (hello.has_versions || hello.groups.empty()) return false;
  gnutls_datum_t leaf{};
  for (unsigned i = 0; gnutls_certificate_get_crt_raw(shown.get(), i, 0, &leaf) == 0;
       ++i) {
    const auto curve = curve_of(leaf);
    if (curve && std::ranges::find(hello.groups, *curve) == hello.groups.end()) {
      return true;
    }
  }
  return false;
}

class Server final : public GnutlsSession {
 public:
  base::Result<void> begin(ServerOptions options);

 private:
  void expect_certificates() override {}
  int read_certificates(std::span<std::byte> body) override;
  void hear_hello(base::ByteView body) override;
  void add_last_words() override;
  [[nodiscard]] bool has_shown_certificate() const override { return true; }
  [[nodiscard]] std::string asked_name() const override { return server_name_; }
  void set_protocols();
  void prove_records(const ClientHello& hello);
  /// Another certificate is shown, if there is one.
  void leave_out_ecdsa() {
    gnutls_priority_set_direct(handle(), (priorities_ + ":-ECDHE-ECDSA").c_str(),
                               nullptr);
  }
  [[nodiscard]] bool gives_tickets() const {
    return options_.ticket_key && options_.client_certificate == ClientCertificate::none;
  }

  ServerOptions options_;
  std::string priorities_;
  std::string server_name_;
  bool has_heard_hello_ = false;
  bool has_ticket_key_ = false;
};

base::Result<void> Server::begin(ServerOptions options) {
  options_ = std::move(options);
  unsigned flags = GNUTLS_SERVER | GNUTLS_NO_TICKETS_TLS12 | GNUTLS_NO_AUTO_SEND_TICKET;
  if (!gives_tickets()) flags |= GNUTLS_NO_TICKETS;
  if (options_.raw_client_keys) flags |= GNUTLS_ENABLE_RAWPK;
  // No signature of ours is over SHA-1, whatever a client of TLS 1.2 can do (RFC 9155).
  priorities_ =
      (options_.priorities.empty() ? default_priorities() : options_.priorities) +
      ":-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:-SIGN-DSA-SHA1";
  if (options_.raw_client_keys) {
    priorities_ += ":-CTYPE-ALL:+CTYPE-SRV-X509:+CTYPE-CLI-RAWPK:+CTYPE-CLI-X509";
  }
  if (auto ready = set_up(flags, priorities_, options_.credentials("")); !ready) {
    return ready;
  }
  gnutls_certificate_server_set_request(handle(),
                                        request_for(options_.client_certificate));
  set_protocols();
  return {};
}

void Server::set_protocols() {
  std::vector<gnutls_datum_t> words;
  for (std::string& word : options_.protocols) {
    words.push_back({reinterpret_cast<unsigned char*>(word.data()),
                     static_cast<unsigned>(word.size())});
  }
  if (words.empty()) return;
  gnutls_alpn_set_protocols(handle(), words.data(), static_cast<unsigned>(words.size()),
                            GNUTLS_ALPN_MANDATORY);
}

void Server::prove_records(const ClientHello& hello) {
  if (!hello.chain_port || !options_.dnssec_chain) return;
  base::Bytes words = options_.dnssec_chain(hello.server_name, *hello.chain_port);
  // A client does without where it cannot be said.
  if (!words.empty()) (void)speak_chain_extension(std::move(words));
}

void Server::hear_hello(base::ByteView body) {
  // A client that is asked to begin again (RFC 8446 4.1.4) keeps to the name it asked
  // for.
  if (has_heard_hello_) return;
  has_heard_hello_ = true;
  const ClientHello hello = read_client_hello(body);
  server_name_ = hello.server_name;
  const Credentials shown = options_.credentials(server_name_);
  use_credentials(shown);
  if (lacks_a_curve(hello, shown)) leave_out_ecdsa();
  prove_records(hello);
  if (!gives_tickets()) return;
  auto key = options_.ticket_key(server_name_);
  if (!key) return;
  const gnutls_datum_t datum = {reinterpret_cast<unsigned char*>(key->data()),
                                static_cast<unsigned>(key->size())};
  has_ticket_key_ = gnutls_session_ticket_enable_server(handle(), &datum) == 0;
}

int Server::read_certificates(std::span<std::byte> body) {
  const bool tls13 = gnutls_protocol_get_version(handle()) == GNUTLS_TLS1_3;
  const Layout layout = tls13 ? Layout::tls13 : Layout::tls12;
  if (shows_raw_key()) return read_raw_key(body, layout);
  auto sent = read_certificate_message(body, layout);
  if (!sent || sent->empty()) return 0;  // GnuTLS says what is wrong with it
  const auto reading = make_readable(body, layout, *sent);
  if (!reading) return give_up(std::move(*sent), reading.error());
  if (*reading == Reading::stood_in) judge_instead(std::move(*sent));
  return 0;
}

void Server::add_last_words() {
  if (!has_ticket_key_ || gnutls_protocol_get_version(handle()) != GNUTLS_TLS1_3) return;
  (void)gnutls_session_ticket_send(handle(), 1, 0);  // a client that can does without
}

}  // namespace

base::Result<std::unique_ptr<Session>> make_server(ServerOptions options) {
  auto server = std::make_unique<Server>();
  if (auto ready = server->begin(std::move(options)); !ready) {
    return tl::unexpected(ready.error());
  }
  return std::unique_ptr<Session>(std::move(server));
}

}  // namespace tls

// The client's part of a handshake: its hello, and a server's Certificate message.
#include "src/tls/client.h"

#include "src/tls/certificate_message.h"
#include "src/tls/gnutls_session.h"
#include "src/tls/priorities.h"
#include "verify/tls_key.h"

namespace tls {
namespace {

constexpr unsigned kStatusRequest = 5;

/// GnuTLS 3.7 asks for a stapled OCSP response (RFC 6066 8), which nobody here reads, and
/// has no switch for that. Without data of its own the extension is not sent.
void do_not_ask_for_status(gnutls_session_t session) {
  gnutls_ext_set_data(session, kStatusRequest, nullptr);
}

/// In TLS 1.2 GnuTLS takes that data for granted behind the peer's certificate: it is
/// given back when that arrives and no hello follows any more.
void expect_no_status(gnutls_session_t session) {
  gnutls_ocsp_status_request_enable_client(session, nullptr, 0, nullptr);
}

std::string client_priorities(const Options& options, const Hello& hello) {
  std::string out =
      options.priorities.empty() ? default_priorities() : options.priorities;
  if (hello.key_usage == KeyUsage::leave_to_verify) out += ":%COMPAT";
  if (hello.raw_keys == RawKeys::offer) {
    out += ":-CTYPE-ALL:+CTYPE-CLI-X509:+CTYPE-SRV-RAWPK:+CTYPE-SRV-X509";
  }
  if (hello.chain_port) out += ":-VERS-ALL:+VERS-TLS1.2";
  return out;
}

class Client final : public GnutlsSession {
 public:
  base::Result<void> begin(const Options& options, const Hello& hello);

 private:
  base::Result<void> choose_random(Random random);
  void expect_certificates() override { expect_no_status(handle()); }
  int read_certificates(std::span<std::byte> body) override;
  [[nodiscard]] bool has_shown_certificate() const override {
    return gnutls_certificate_client_get_request_status(handle()) != 0;
  }
  [[nodiscard]] bool forbids_signing(const verify::Certificates& sent) const;

  KeyUsage key_usage_ = KeyUsage::enforce;
};

base::Result<void> Client::begin(const Options& options, const Hello& hello) {
  key_usage_ = hello.key_usage;
  auto own = load_credentials(options.certificate);
  if (!own) return tl::unexpected(own.error());
  unsigned flags = GNUTLS_CLIENT | GNUTLS_KEY_SHARE_TOP | GNUTLS_NO_TICKETS;
  if (hello.raw_keys == RawKeys::offer) flags |= GNUTLS_ENABLE_RAWPK;
  if (auto ready = set_up(flags, client_priorities(options, hello), std::move(*own));
      !ready) {
    return ready;
  }
  do_not_ask_for_status(handle());
  if (hello.chain_port && !hello.server_name.empty()) {
    const auto port = static_cast<unsigned>(*hello.chain_port);
    auto said = speak_chain_extension({std::byte(port >> 8U), std::byte(port & 0xFFU)});
    if (!said) return said;
  }
  if (!hello.server_name.empty()) {
    gnutls_server_name_set(handle(), GNUTLS_NAME_DNS, hello.server_name.data(),
                           hello.server_name.size());
  }
  return hello.random ? choose_random(*hello.random) : base::Result<void>();
}

// GnuTLS has the same random in the hello that follows a HelloRetryRequest (RFC 8446
// 4.1.2), and would have it in a renegotiation and a resumption, of which there are none.
base::Result<void> Client::choose_random(Random random) {
  const gnutls_datum_t octets = {reinterpret_cast<unsigned char*>(random.data()),
                                 static_cast<unsigned>(random.size())};
  if (const int rc = gnutls_handshake_set_random(handle(), &octets); rc != 0) {
    return base::fail(base::ErrorKind::internal, base::Code::tls, gnutls_strerror(rc));
  }
  keep_transcript();
  return {};
}

// GnuTLS has put the message into the transcript when it calls, and takes it apart
// afterwards: what is written into it here is what it reads, and what the peer signs is
// what the peer sent. Were that order another one, no handshake would come to an end.
int Client::read_certificates(std::span<std::byte> body) {
  const bool tls13 = gnutls_protocol_get_version(handle()) == GNUTLS_TLS1_3;
  const Layout layout = tls13 ? Layout::tls13 : Layout::tls12;
  if (shows_raw_key()) return read_raw_key(body, layout);
  auto sent = read_certificate_message(body, layout);
  if (!sent) return 0;  // GnuTLS says what is wrong with it
  const auto reading = make_readable(body, layout, *sent);
  if (!reading) return give_up(std::move(*sent), reading.error());
  if (*reading == Reading::plain) return 0;
  const bool forbidden = forbids_signing(*sent);
  judge_instead(std::move(*sent));
  return forbidden && key_usage_ == KeyUsage::enforce ? GNUTLS_E_KEY_USAGE_VIOLATION : 0;
}

// What stands in forbids its key nothing; what it stands for may (RFC 5280 4.2.1.3).
bool Client::forbids_signing(const verify::Certificates& sent) const {
  const bool signs = gnutls_kx_get(handle()) != GNUTLS_KX_RSA;
  return signs && !verify::may_sign_handshakes(sent.front());
}

}  // namespace

base::Result<std::unique_ptr<Session>> make_client(const Options& options,
                                                   const Hello& hello) {
  auto client = std::make_unique<Client>();
  if (auto ready = client->begin(options, hello); !ready) {
    return tl::unexpected(ready.error());
  }
  return std::unique_ptr<Session>(std::move(client));
}

}  // namespace tls

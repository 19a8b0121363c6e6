// The handshake, and the one moment in it at which the peer is judged.
//
// Whoever is on the way to a host can answer in its place, with any certificate and any
// key. So the judge is asked inside the handshake, when the peer has sent its certificate
// (in TLS 1.3 behind its CertificateVerify, RFC 8446 4.4.3) and before anything of ours
// that is worth having has left: our Finished, our own certificate, which says who we are
// (RFC 8446 4.4.2), and all application data. Were it asked afterwards, a peer that is
// refused would have seen the client's certificate and an end of the handshake that looks
// like consent, and TLS 1.2 servers would begin to speak. A refused peer hears an alert
// and the connection ends. The judge is asked exactly once; that it was asked is checked
// once more at the end, since a suite without certificates never makes GnuTLS ask: it
// sees the empty chain then, which no demand accepts.
//
// No session in which a peer has been proved is ever resumed, for that would be a session
// without a proof (RFC 7671 5.1 binds each to the records of its day): a client asks for
// no tickets (RFC 8446 4.6.1, RFC 5077) and keeps no session ids, a server gives tickets
// only where it asks for no proof (server.cpp).
//
// Before the judge GnuTLS already computes with what a stranger sent. Its key or group
// can take minutes inside one call, which no deadline interrupts: handshake_cost.h is
// asked before each message. Its certificate may be one that GnuTLS cannot read, though
// DANE-EE accepts it by its key alone (RFC 7671 5.1): the role puts something readable in
// its place, and the judge sees what was sent.
//
// A handshake ends: each wait has the deadline, and so has a peer that sends without a
// pause and is never waited for. An end of the connection is the end of the handshake,
// whether it comes as FIN or as reset is a matter of moments.
#include "src/tls/gnutls_session.h"

#include "src/tls/failure.h"
#include "src/tls/handshake_cost.h"

namespace tls {
namespace {

using base::Code;
using base::ErrorKind;

constexpr std::size_t kMostHandshakeOctets = std::size_t{128} * 1024;  // of one message

base::Error timed_out() {
  return {ErrorKind::temporary, Code::timeout, "TLS handshake timed out"};
}

base::Bytes copy(const gnutls_datum_t& der) {
  const base::ByteView view = std::as_bytes(std::span(der.data, der.size));
  return {view.begin(), view.end()};
}

base::ByteView octets(const gnutls_datum_t& message) {
  return std::as_bytes(std::span(message.data, message.size));
}

verify::Chain peer_chain(gnutls_session_t session) {
  unsigned count = 0;
  const gnutls_datum_t* list = gnutls_certificate_get_peers(session, &count);
  if (gnutls_certificate_type_get2(session, GNUTLS_CTYPE_PEERS) == GNUTLS_CRT_RAWPK) {
    const bool has_key = list != nullptr && count == 1;
    return verify::RawPublicKey{has_key ? copy(list[0]) : base::Bytes()};
  }
  verify::Certificates out;
  for (unsigned i = 0; list != nullptr && i < count; ++i) out.push_back(copy(list[i]));
  return out;
}

}  // namespace

base::Result<void> GnutlsSession::set_up(unsigned flags, const std::string& priorities,
                                         Credentials own) {
  gnutls_session_t session = nullptr;
  flags |= GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL;
  if (const int rc = gnutls_init(&session, flags); rc != GNUTLS_E_SUCCESS) {
    return base::fail(ErrorKind::internal, Code::tls, gnutls_strerror(rc));
  }
  session_.reset(session);
  records_.emplace(session, transport_);
  if (gnutls_priority_set_direct(session, priorities.c_str(), nullptr) != 0) {
    return base::fail(ErrorKind::usage, Code::bad_ciphers, "unable to set cipher list");
  }
  use_credentials(std::move(own));
  set_callbacks();
  return {};
}

void GnutlsSession::use_credentials(Credentials own) {
  credentials_ = std::move(own);
  gnutls_credentials_set(session_.get(), GNUTLS_CRD_CERTIFICATE, credentials_.get());
}

void GnutlsSession::set_callbacks() {
  gnutls_session_t session = session_.get();
  gnutls_session_set_ptr(session, this);
  gnutls_session_set_verify_function(session, on_peer);
  gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_BOTH,
                                     on_message);
  gnutls_handshake_set_max_packet_length(session, kMostHandshakeOctets);
  gnutls_transport_set_ptr(session, this);
  gnutls_transport_set_pull_function(session, on_pull);
  gnutls_transport_set_push_function(session, on_push);
  gnutls_transport_set_pull_timeout_function(session, on_wait);
  gnutls_handshake_set_timeout(session, 0);  // our deadline holds
}

// Transport

ssize_t GnutlsSession::on_pull(gnutls_transport_ptr_t self, void* into,
                               std::size_t size) noexcept {
  auto& session = *static_cast<GnutlsSession*>(self);
  const ssize_t n = session.transport_.pull({static_cast<std::byte*>(into), size});
  if (n < 0) gnutls_transport_set_errno(session.handle(), errno);
  return n;
}

ssize_t GnutlsSession::on_push(gnutls_transport_ptr_t self, const void* from,
                               std::size_t size) noexcept {
  static_cast<GnutlsSession*>(self)->transport_.push(
      {static_cast<const std::byte*>(from), size});
  return static_cast<ssize_t>(size);
}

int GnutlsSession::on_wait(gnutls_transport_ptr_t /*self*/,
                           unsigned /*milliseconds*/) noexcept {
  return 1;  // never wait inside the library
}

// Messages of the peer, and the judge

int GnutlsSession::judge_now() {
  if (!judged_) {
    judged_ = true;
    chain_ = sent_ ? verify::Chain(std::move(*sent_)) : peer_chain(session_.get());
    refused_ = !judge_(chain_);
  }
  return refused_ ? GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR : 0;
}

int GnutlsSession::give_up(verify::Chain sent, base::Error why) {
  judged_ = true;
  chain_ = std::move(sent);
  refused_ = !judge_(chain_);
  unreadable_ = std::move(why);
  return GNUTLS_E_CERTIFICATE_ERROR;
}

bool GnutlsSession::shows_raw_key() const {
  return gnutls_certificate_type_get2(session_.get(), GNUTLS_CTYPE_PEERS) ==
         GNUTLS_CRT_RAWPK;
}

int GnutlsSession::read_raw_key(base::ByteView body, Layout layout) {
  const auto key = read_raw_key_message(body, layout);
  if (!key) return 0;  // GnuTLS says what is wrong with it
  const auto usable = check_raw_key(*key);
  return usable ? 0 : give_up(verify::RawPublicKey{*key}, usable.error());
}

int GnutlsSession::before_message(unsigned type, base::ByteView body) {
  if (type == GNUTLS_HANDSHAKE_CERTIFICATE_PKT) expect_certificates();
  if (type == GNUTLS_HANDSHAKE_CLIENT_HELLO) hear_hello(body);
  auto costly = costly_message(session_.get(), type, body);
  if (!costly) return 0;
  too_costly_ = std::move(*costly);
  return GNUTLS_E_CERTIFICATE_ERROR;
}

void GnutlsSession::note(Sender sender, unsigned type, base::ByteView body) {
  if (transcript_) transcript_->add(sender, type, body);
}

int GnutlsSession::on_peer(gnutls_session_t session) noexcept {
  return static_cast<GnutlsSession*>(gnutls_session_get_ptr(session))->judge_now();
}

int GnutlsSession::on_message(gnutls_session_t session, unsigned type, unsigned when,
                              unsigned incoming, const gnutls_datum_t* message) noexcept {
  auto& self = *static_cast<GnutlsSession*>(gnutls_session_get_ptr(session));
  const bool before = when != GNUTLS_HOOK_POST;
  if (incoming == 0) {
    if (before) self.note(Sender::client, type, octets(*message));
    return 0;
  }
  if (before) {
    const int rc = self.before_message(type, octets(*message));
    // Before a role writes something else into the message, and not what ends it all.
    if (rc == 0) self.note(Sender::server, type, octets(*message));
    return rc;
  }
  if (type != GNUTLS_HANDSHAKE_CERTIFICATE_PKT) return 0;
  return self.read_certificates(
      std::as_writable_bytes(std::span(message->data, message->size)));
}

// The DNSSEC chain extension

base::Result<void> GnutlsSession::speak_chain_extension(base::Bytes words) {
  constexpr int kDnssecChain = 59;
  chain_said_ = std::move(words);
  const int rc = gnutls_session_ext_register(
      session_.get(), "DNSSEC chain", kDnssecChain, GNUTLS_EXT_TLS, on_chain_heard,
      on_chain_asked, nullptr, nullptr, nullptr,
      GNUTLS_EXT_FLAG_TLS | GNUTLS_EXT_FLAG_CLIENT_HELLO |
          GNUTLS_EXT_FLAG_TLS12_SERVER_HELLO);
  if (rc == 0) return {};
  return base::fail(ErrorKind::internal, Code::tls, gnutls_strerror(rc));
}

int GnutlsSession::on_chain_heard(gnutls_session_t session, const unsigned char* data,
                                  std::size_t size) noexcept {
  const base::ByteView octets = std::as_bytes(std::span(data, size));
  static_cast<GnutlsSession*>(gnutls_session_get_ptr(session))
      ->chain_heard_.emplace(octets.begin(), octets.end());
  return 0;
}

int GnutlsSession::on_chain_asked(gnutls_session_t session,
                                  gnutls_buffer_t out) noexcept {
  const base::Bytes& words =
      static_cast<GnutlsSession*>(gnutls_session_get_ptr(session))->chain_said_;
  const int rc = gnutls_buffer_append_data(out, words.data(), words.size());
  return rc < 0 ? rc : static_cast<int>(words.size());
}

// The handshake

io::Task<base::Result<void>> GnutlsSession::send_records(io::Stream& stream,
                                                         io::TimePoint deadline) {
  for (;;) {
    if (auto sent = flush(stream.fd()); !sent) co_return sent;
    if (unsent() == 0) co_return base::Result<void>();
    if (!co_await stream.writable(deadline)) co_return tl::unexpected(timed_out());
  }
}

base::Error GnutlsSession::reason(int rc) const {
  if (refused_) return {ErrorKind::temporary, Code::refused, "the peer is not proved"};
  if (unreadable_) return *unreadable_;
  if (rc == GNUTLS_E_PREMATURE_TERMINATION || rc == GNUTLS_E_PULL_ERROR) {
    return {ErrorKind::temporary, Code::truncated,
            "the peer closed the connection during the TLS handshake"};
  }
  const bool usage = rc == GNUTLS_E_KEY_USAGE_VIOLATION;
  return {ErrorKind::temporary, usage ? Code::key_usage : Code::handshake, ""};
}

io::Task<base::Result<void>> GnutlsSession::fail_handshake(io::Stream& stream, int rc,
                                                           io::TimePoint deadline) {
  // Our alert would overwrite the peer's.
  const std::string why =
      too_costly_.empty() ? failure_text(session_.get(), rc) : too_costly_;
  gnutls_alert_send_appropriate(session_.get(), rc);
  (void)co_await send_records(stream, deadline);  // a courtesy; the peer may be gone
  base::Error error = reason(rc);
  if (error.detail.empty()) error.detail = "TLS handshake failed: " + why;
  co_return tl::unexpected(std::move(error));
}

io::Task<base::Result<void>> GnutlsSession::handshake(io::Stream& stream, Judge judge,
                                                      io::TimePoint deadline) {
  judge_ = std::move(judge);
  for (;;) {
    transport_.use(stream.fd());
    const int rc = gnutls_handshake(session_.get());
    if (rc != GNUTLS_E_SUCCESS && gnutls_error_is_fatal(rc) != 0) {
      co_return co_await fail_handshake(stream, rc, deadline);
    }
    if (auto sent = co_await send_records(stream, deadline); !sent) co_return sent;
    if (rc == GNUTLS_E_SUCCESS) break;
    // GnuTLS also says "again" after a part of a long message, the rest of which may lie
    // in our buffer: the socket would never become readable.
    const bool waits = rc == GNUTLS_E_AGAIN && !transport_.unread();
    if (waits && transport_.at_end()) {
      co_return co_await fail_handshake(stream, GNUTLS_E_PREMATURE_TERMINATION, deadline);
    }
    bool in_time = co_await stream.in_time(deadline);
    if (in_time && waits) in_time = co_await stream.readable(deadline);
    if (!in_time) co_return tl::unexpected(timed_out());
  }
  if (const int rc = judge_now(); rc != 0) {
    co_return co_await fail_handshake(stream, rc, deadline);
  }
  add_last_words();
  co_return co_await send_records(stream, deadline);
}

// What came of it

SessionFacts GnutlsSession::facts() const {
  SessionFacts out = negotiated(session_.get());
  out.server_name = asked_name();
  if (!refused_) out.exporter = channel_binding(session_.get());
  return out;
}

std::vector<base::Bytes> GnutlsSession::transcript() const {
  return transcript_ ? transcript_->messages() : std::vector<base::Bytes>();
}

base::Bytes GnutlsSession::own_certificate() const {
  if (!has_shown_certificate()) return {};
  const gnutls_datum_t* own = gnutls_certificate_get_ours(session_.get());
  gnutls_datum_t first{};
  // A resumed session shows none; it stands on one that was shown when it began.
  if (own == nullptr && gnutls_session_is_resumed(session_.get()) != 0 &&
      gnutls_certificate_get_crt_raw(credentials_.get(), 0, 0, &first) == 0) {
    own = &first;
  }
  return own == nullptr ? base::Bytes() : copy(*own);
}

}  // namespace tls

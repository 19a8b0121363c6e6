#include "src/tls/session.h"

#include <gnutls/gnutls.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <type_traits>

#include "src/tls/certificate_message.h"
#include "src/tls/handshake_cost.h"
#include "verify/tls_key.h"

namespace tls {
namespace {

using base::ErrorKind;

constexpr std::size_t kReadAhead = 128 * 1024;
constexpr unsigned kMostNuisances = 16;  // each answer to one waits in memory
constexpr unsigned kMostIdle = 1000;     // messages without data that are read at a time
constexpr std::size_t kMostHandshakeOctets = 128 * 1024;  // that wait to be read

struct SessionFree {
  void operator()(gnutls_session_t session) const { gnutls_deinit(session); }
};
struct CredentialsFree {
  void operator()(gnutls_certificate_credentials_t c) const {
    gnutls_certificate_free_credentials(c);
  }
};
using SessionHandle =
    std::unique_ptr<std::remove_pointer_t<gnutls_session_t>, SessionFree>;
using Credentials =
    std::unique_ptr<std::remove_pointer_t<gnutls_certificate_credentials_t>,
                    CredentialsFree>;

tl::unexpected<base::Error> tls_error(base::Code code, int rc) {
  return base::fail(ErrorKind::temporary, code,
                    std::string("TLS: ") + gnutls_strerror(rc));
}

base::Error io_error(std::string_view doing, int error) {
  return {ErrorKind::temporary, base::Code::io,
          std::string(doing) + ": " + base::system_message(error)};
}

/// What the client can show: nothing, or the certificate and key of its settings.
base::Result<Credentials> own_credentials(const Settings& settings) {
  gnutls_certificate_credentials_t raw = nullptr;
  gnutls_certificate_allocate_credentials(&raw);
  Credentials credentials(raw);
  if (settings.certificate_file.empty()) return credentials;
  const std::string& key =
      settings.key_file.empty() ? settings.certificate_file : settings.key_file;
  const int rc = gnutls_certificate_set_x509_key_file2(
      raw, settings.certificate_file.c_str(), key.c_str(), GNUTLS_X509_FMT_PEM,
      settings.key_password.empty() ? nullptr : settings.key_password.c_str(), 0);
  if (rc >= 0) return credentials;
  return base::fail(ErrorKind::usage, base::Code::bad_certificate_file,
                    "unable to load certificate " + settings.certificate_file +
                        " with key " + key + ": " + gnutls_strerror(rc));
}

verify::Chain peer_chain(gnutls_session_t session) {
  unsigned count = 0;
  const gnutls_datum_t* list = gnutls_certificate_get_peers(session, &count);
  const auto copy = [](const gnutls_datum_t& der) {
    const base::ByteView view = std::as_bytes(std::span(der.data, der.size));
    return base::Bytes(view.begin(), view.end());
  };
  if (gnutls_certificate_type_get2(session, GNUTLS_CTYPE_PEERS) == GNUTLS_CRT_RAWPK) {
    return verify::RawPublicKey{list != nullptr && count == 1 ? copy(list[0])
                                                              : base::Bytes()};
  }
  verify::Certificates out;
  for (unsigned i = 0; list != nullptr && i < count; ++i) out.push_back(copy(list[i]));
  return out;
}

/// The alert that ended the handshake, if the peer sent one.
std::string handshake_failure(gnutls_session_t session, int rc) {
  if (rc != GNUTLS_E_FATAL_ALERT_RECEIVED) return gnutls_strerror(rc);
  const char* name = gnutls_alert_get_name(gnutls_alert_get(session));
  return std::string("the peer sent alert ") + (name != nullptr ? name : "unknown");
}

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

class GnutlsSession final : public Session {
 public:
  base::Result<void> set_up(const Settings& settings);

  io::Task<base::Result<void>> handshake(io::Stream& stream, Judge judge,
                                         io::TimePoint deadline) override;
  [[nodiscard]] SessionFacts facts() const override;
  [[nodiscard]] const verify::Chain& chain() const override { return chain_; }
  [[nodiscard]] base::Bytes own_certificate() const override;
  ReadResult read(int fd, std::span<std::byte> into) override;
  base::Result<void> write(base::ByteView data) override;
  void close_notify() override { gnutls_bye(session_.get(), GNUTLS_SHUT_WR); }
  base::Result<void> flush(int fd) override;
  [[nodiscard]] std::size_t unsent() const override { return out_.size() - out_sent_; }
  void discard_unsent() override {
    out_.clear();
    out_sent_ = 0;
  }

 private:
  int judge_now();
  int read_certificates(std::span<std::byte> body);
  int give_up(verify::Chain sent, base::Error why);
  io::Task<base::Result<void>> send_records(io::Stream& stream, io::TimePoint deadline);
  io::Task<base::Result<void>> fail_handshake(io::Stream& stream, int rc,
                                              io::TimePoint deadline);
  ssize_t pull(void* into, std::size_t size);
  /// Whether records lie in our buffer: GnuTLS also says "again" after a part of a long
  /// message, and the socket would then never become readable.
  [[nodiscard]] bool unread() const { return in_begin_ < in_end_; }

  // No exception may pass through GnuTLS.
  static ssize_t on_pull(gnutls_transport_ptr_t self, void* into,
                         std::size_t size) noexcept;
  static ssize_t on_push(gnutls_transport_ptr_t self, const void* from,
                         std::size_t size) noexcept;
  static int on_wait(gnutls_transport_ptr_t self, unsigned milliseconds);
  static int on_peer(gnutls_session_t session) noexcept;
  static int on_message(gnutls_session_t session, unsigned type, unsigned when,
                        unsigned incoming, const gnutls_datum_t* message) noexcept;

  Credentials credentials_;
  SessionHandle session_;
  verify::Chain chain_;
  std::optional<verify::Certificates> sent_;  // where GnuTLS was given something else
  std::optional<base::Error> unreadable_;     // what the peer sent; no handshake is held
  Judge judge_;
  bool judged_ = false;
  bool refused_ = false;
  std::string too_costly_;  // what the peer wanted computed, if too much
  bool at_end_ = false;     // the peer has sent its FIN
  unsigned idle_ = 0;       // messages since the last data
  KeyUsage key_usage_ = KeyUsage::enforce;
  unsigned nuisances_ = 0;           // renegotiations it asked for, warnings it sent
  int fd_ = -1;                      // where `pull` reads from, for the time of one call
  std::unique_ptr<std::byte[]> in_;  // kReadAhead octets; untouched pages cost nothing
  std::size_t in_begin_ = 0;
  std::size_t in_end_ = 0;
  std::vector<std::byte> out_;
  std::size_t out_sent_ = 0;
};

base::Result<void> GnutlsSession::set_up(const Settings& settings) {
  auto loaded = own_credentials(settings);
  if (!loaded) return tl::unexpected(loaded.error());
  credentials_ = std::move(*loaded);

  gnutls_session_t session = nullptr;
  // No tickets: a resumed session would skip the proof (RFC 7671 5.1).
  unsigned flags = GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS |
                   GNUTLS_NO_SIGNAL | GNUTLS_KEY_SHARE_TOP;
  if (settings.raw_keys == RawKeys::offer) flags |= GNUTLS_ENABLE_RAWPK;
  if (const int rc = gnutls_init(&session, flags); rc != GNUTLS_E_SUCCESS) {
    return base::fail(ErrorKind::internal, base::Code::tls, gnutls_strerror(rc));
  }
  session_.reset(session);
  do_not_ask_for_status(session);
  std::string priorities =
      settings.priorities.empty() ? default_priorities() : settings.priorities;
  key_usage_ = settings.key_usage;
  if (key_usage_ == KeyUsage::leave_to_verify) priorities += ":%COMPAT";
  if (settings.raw_keys == RawKeys::offer) {
    priorities += ":-CTYPE-ALL:+CTYPE-CLI-X509:+CTYPE-SRV-RAWPK:+CTYPE-SRV-X509";
  }
  if (gnutls_priority_set_direct(session, priorities.c_str(), nullptr) != 0) {
    return base::fail(ErrorKind::usage, base::Code::bad_ciphers,
                      "unable to set cipher list");
  }
  gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials_.get());
  if (!settings.server_name.empty()) {
    gnutls_server_name_set(session, GNUTLS_NAME_DNS, settings.server_name.data(),
                           settings.server_name.size());
  }
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
  return {};
}

// --- transport: records come and go through buffers larger than one record

ssize_t GnutlsSession::pull(void* into, std::size_t size) {
  if (in_begin_ == in_end_) {
    if (!in_) in_ = std::make_unique_for_overwrite<std::byte[]>(kReadAhead);
    ssize_t n = 0;
    do {
      n = ::recv(fd_, in_.get(), kReadAhead, 0);
    } while (n < 0 && errno == EINTR);
    // Told of the end, GnuTLS would take the session down and our own direction with it
    // (RFC 8446 6.1 leaves it open): it is told to wait, and whoever reads is told.
    at_end_ = n == 0;
    if (n <= 0) {
      gnutls_transport_set_errno(session_.get(), n < 0 ? errno : EAGAIN);
      return -1;
    }
    in_begin_ = 0;
    in_end_ = static_cast<std::size_t>(n);
  }
  const std::size_t take = std::min(size, in_end_ - in_begin_);
  std::memcpy(into, in_.get() + in_begin_, take);
  in_begin_ += take;
  return static_cast<ssize_t>(take);
}

ssize_t GnutlsSession::on_pull(gnutls_transport_ptr_t self, void* into,
                               std::size_t size) noexcept {
  return static_cast<GnutlsSession*>(self)->pull(into, size);
}

ssize_t GnutlsSession::on_push(gnutls_transport_ptr_t self, const void* from,
                               std::size_t size) noexcept {
  auto& out = static_cast<GnutlsSession*>(self)->out_;
  const auto* bytes = static_cast<const std::byte*>(from);
  out.insert(out.end(), bytes, bytes + size);
  return static_cast<ssize_t>(size);
}

int GnutlsSession::on_wait(gnutls_transport_ptr_t /*self*/, unsigned /*milliseconds*/) {
  return 1;  // never wait inside the library
}

base::Result<void> GnutlsSession::flush(int fd) {
  while (unsent() > 0) {
    const ssize_t n = ::send(fd, out_.data() + out_sent_, unsent(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(out_sent_));
      out_sent_ = 0;
      return {};
    }
    if (n < 0) return tl::unexpected(io_error("unable to write to the peer", errno));
    out_sent_ += static_cast<std::size_t>(n);
  }
  out_.clear();
  out_sent_ = 0;
  return {};
}

// --- handshake

int GnutlsSession::judge_now() {
  if (judged_) return refused_ ? GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR : 0;
  judged_ = true;
  chain_ = sent_ ? verify::Chain(std::move(*sent_)) : peer_chain(session_.get());
  refused_ = !judge_(chain_);
  return refused_ ? GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR : 0;
}

int GnutlsSession::on_peer(gnutls_session_t session) noexcept {
  return static_cast<GnutlsSession*>(gnutls_session_get_ptr(session))->judge_now();
}

// GnuTLS has put the message into the transcript when it calls, and takes it apart
// afterwards: what is written into it here is what it reads, and what the peer signs is
// what the peer sent. Were that order another one, no handshake would come to an end.
int GnutlsSession::read_certificates(std::span<std::byte> body) {
  gnutls_session_t session = session_.get();
  const bool tls13 = gnutls_protocol_get_version(session) == GNUTLS_TLS1_3;
  const Layout layout = tls13 ? Layout::tls13 : Layout::tls12;
  if (gnutls_certificate_type_get2(session, GNUTLS_CTYPE_PEERS) == GNUTLS_CRT_RAWPK) {
    const auto key = read_raw_key_message(body, layout);
    const auto usable = key ? check_raw_key(*key) : base::Result<void>();
    return usable ? 0 : give_up(verify::RawPublicKey{*key}, usable.error());
  }
  auto sent = read_certificate_message(body, layout);
  if (!sent) return 0;  // GnuTLS says what is wrong with it
  const auto reading = make_readable(body, layout, *sent);
  if (!reading) return give_up(std::move(*sent), reading.error());
  if (*reading == Reading::plain) return 0;
  // What stands in forbids its key nothing; what it stands for may (RFC 5280 4.2.1.3).
  const bool signs = gnutls_kx_get(session) != GNUTLS_KX_RSA;
  const bool forbidden = signs && !verify::may_sign_handshakes(sent->front());
  sent_ = std::move(*sent);
  return forbidden && key_usage_ == KeyUsage::enforce ? GNUTLS_E_KEY_USAGE_VIOLATION : 0;
}

// The judge says what it says of the same chain in a file; a peer that has nothing to
// prove is lost all the same.
int GnutlsSession::give_up(verify::Chain sent, base::Error why) {
  judged_ = true;
  chain_ = std::move(sent);
  refused_ = !judge_(chain_);
  unreadable_ = std::move(why);
  return GNUTLS_E_CERTIFICATE_ERROR;
}

int GnutlsSession::on_message(gnutls_session_t session, unsigned type, unsigned when,
                              unsigned incoming, const gnutls_datum_t* message) noexcept {
  if (incoming == 0) return 0;
  auto& self = *static_cast<GnutlsSession*>(gnutls_session_get_ptr(session));
  if (when == GNUTLS_HOOK_POST) {
    if (type != GNUTLS_HANDSHAKE_CERTIFICATE_PKT) return 0;
    return self.read_certificates(
        std::as_writable_bytes(std::span(message->data, message->size)));
  }
  if (type == GNUTLS_HANDSHAKE_CERTIFICATE_PKT) expect_no_status(session);
  const base::ByteView body = std::as_bytes(std::span(message->data, message->size));
  auto costly = costly_message(session, type, body);
  if (!costly) return 0;
  self.too_costly_ = std::move(*costly);
  return GNUTLS_E_CERTIFICATE_ERROR;
}

io::Task<base::Result<void>> GnutlsSession::send_records(io::Stream& stream,
                                                         io::TimePoint deadline) {
  for (;;) {
    if (auto sent = flush(stream.fd()); !sent) co_return sent;
    if (unsent() == 0) co_return base::Result<void>();
    if (!co_await stream.writable(deadline)) {
      co_return base::fail(ErrorKind::temporary, base::Code::timeout,
                           "TLS handshake timed out");
    }
  }
}

io::Task<base::Result<void>> GnutlsSession::fail_handshake(io::Stream& stream, int rc,
                                                           io::TimePoint deadline) {
  const std::string why =
      too_costly_.empty() ? handshake_failure(session_.get(), rc) : too_costly_;
  gnutls_alert_send_appropriate(session_.get(), rc);
  (void)co_await send_records(stream, deadline);  // a courtesy; the peer may be gone
  if (refused_) {
    co_return base::fail(ErrorKind::temporary, base::Code::refused,
                         "the peer is not proved");
  }
  if (unreadable_) co_return tl::unexpected(*unreadable_);
  // Whether an end comes as such or as a reset is a matter of moments.
  if (rc == GNUTLS_E_PREMATURE_TERMINATION || rc == GNUTLS_E_PULL_ERROR) {
    co_return base::fail(ErrorKind::temporary, base::Code::truncated,
                         "the peer closed the connection during the TLS handshake");
  }
  const bool usage = rc == GNUTLS_E_KEY_USAGE_VIOLATION;
  co_return base::fail(ErrorKind::temporary,
                       usage ? base::Code::key_usage : base::Code::handshake,
                       "TLS handshake failed: " + why);
}

io::Task<base::Result<void>> GnutlsSession::handshake(io::Stream& stream, Judge judge,
                                                      io::TimePoint deadline) {
  judge_ = std::move(judge);
  for (;;) {
    fd_ = stream.fd();
    const int rc = gnutls_handshake(session_.get());
    if (rc != GNUTLS_E_SUCCESS && gnutls_error_is_fatal(rc) != 0) {
      co_return co_await fail_handshake(stream, rc, deadline);
    }
    if (auto sent = co_await send_records(stream, deadline); !sent) co_return sent;
    if (rc == GNUTLS_E_SUCCESS) break;
    const bool waits = rc == GNUTLS_E_AGAIN && !unread();
    if (waits && at_end_) {
      co_return co_await fail_handshake(stream, GNUTLS_E_PREMATURE_TERMINATION, deadline);
    }
    bool in_time = co_await stream.in_time(deadline);
    if (in_time && waits) in_time = co_await stream.readable(deadline);
    if (!in_time) {
      co_return base::fail(ErrorKind::temporary, base::Code::timeout,
                           "TLS handshake timed out");
    }
  }
  // A suite without certificates never asks: the judge sees the empty chain.
  if (const int rc = judge_now(); rc != 0) {
    co_return co_await fail_handshake(stream, rc, deadline);
  }
  co_return base::Result<void>();
}

// --- after the handshake
// -----------------------------------------------------------------

SessionFacts GnutlsSession::facts() const {
  gnutls_session_t session = session_.get();
  SessionFacts out;
  const auto version = gnutls_protocol_get_version(session);
  switch (version) {
    case GNUTLS_TLS1_3:
      out.protocol = "TLSv1.3";
      break;
    case GNUTLS_TLS1_2:
      out.protocol = "TLSv1.2";
      break;
    case GNUTLS_TLS1_1:
      out.protocol = "TLSv1.1";
      break;
    default:
      out.protocol = gnutls_protocol_get_name(version);
  }
  if (const char* suite = gnutls_ciphersuite_get(session)) out.cipher = suite;
  const auto group = gnutls_group_get(session);
  if (group != GNUTLS_GROUP_INVALID) out.group = gnutls_group_get_name(group);
  out.key_bits =
      static_cast<int>(gnutls_cipher_get_key_size(gnutls_cipher_get(session)) * 8);
  std::array<std::byte, GNUTLS_MAX_SESSION_ID_SIZE> id{};
  std::size_t id_size = id.size();
  if (gnutls_session_get_id(session, id.data(), &id_size) == 0) {
    out.session_id = base::to_hex(base::ByteView(id).first(id_size));
  }
  gnutls_datum_t binding{};
  if (!refused_ &&
      gnutls_session_channel_binding(session, GNUTLS_CB_TLS_EXPORTER, &binding) == 0) {
    const base::ByteView view = std::as_bytes(std::span(binding.data, binding.size));
    out.exporter.assign(view.begin(), view.end());
    gnutls_free(binding.data);
  }
  return out;
}

base::Bytes GnutlsSession::own_certificate() const {
  if (gnutls_certificate_client_get_request_status(session_.get()) == 0) return {};
  const gnutls_datum_t* own = gnutls_certificate_get_ours(session_.get());
  if (own == nullptr) return {};
  const base::ByteView view = std::as_bytes(std::span(own->data, own->size));
  return {view.begin(), view.end()};
}

ReadResult GnutlsSession::read(int fd, std::span<std::byte> into) {
  fd_ = fd;
  for (;;) {
    const ssize_t n = gnutls_record_recv(session_.get(), into.data(), into.size());
    if (n > 0) {
      idle_ = 0;
      return {ReadState::data, static_cast<std::size_t>(n), {}};
    }
    if (n == 0) return {ReadState::closed, 0, {}};
    const int rc = static_cast<int>(n);
    if (rc == GNUTLS_E_AGAIN && !unread()) {
      return {at_end_ ? ReadState::truncated : ReadState::wait, 0, {}};
    }
    // Tickets and key updates come faster than GnuTLS takes them apart, for ever if the
    // peer likes, and whoever reads looks at no deadline in here.
    if (rc == GNUTLS_E_AGAIN && ++idle_ > kMostIdle) {
      return {ReadState::failed,
              0,
              {ErrorKind::temporary, base::Code::tls,
               "unable to read from the peer: it sends messages of TLS for ever, and no "
               "data"}};
    }
    const bool again = rc == GNUTLS_E_REHANDSHAKE;
    if ((again || rc == GNUTLS_E_WARNING_ALERT_RECEIVED) &&
        ++nuisances_ > kMostNuisances) {
      return {ReadState::failed,
              0,
              {ErrorKind::temporary, base::Code::tls,
               std::string("unable to read from the peer: it sends ") +
                   (again ? "requests for renegotiation" : "warnings") + " for ever"}};
    }
    if (again) {  // RFC 5246 7.2.2: declined; keys stay proved
      gnutls_alert_send(session_.get(), GNUTLS_AL_WARNING, GNUTLS_A_NO_RENEGOTIATION);
    } else if (rc == GNUTLS_E_PULL_ERROR) {
      return {ReadState::failed, 0, io_error("unable to read from the peer", errno)};
    } else if (gnutls_error_is_fatal(rc) != 0) {
      return {ReadState::failed,
              0,
              {ErrorKind::temporary, base::Code::tls,
               "unable to read from the peer: TLS: " +
                   handshake_failure(session_.get(), rc)}};
    }
  }
}

base::Result<void> GnutlsSession::write(base::ByteView data) {
  while (!data.empty()) {
    const ssize_t n = gnutls_record_send(session_.get(), data.data(), data.size());
    if (n < 0 && gnutls_error_is_fatal(static_cast<int>(n)) != 0) {
      return tls_error(base::Code::tls, static_cast<int>(n));
    }
    if (n > 0) data = data.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace

base::Result<void> check_own_certificate(const Settings& settings) {
  if (settings.certificate_file.empty()) return {};
  return own_credentials(settings).map([](const Credentials&) {});
}

base::Result<std::unique_ptr<Session>> Session::create(const Settings& settings) {
  auto session = std::make_unique<GnutlsSession>();
  if (auto ready = session->set_up(settings); !ready) {
    return tl::unexpected(ready.error());
  }
  return std::unique_ptr<Session>(std::move(session));
}

}  // namespace tls

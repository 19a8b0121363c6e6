#pragma once

#include <gnutls/gnutls.h>

#include <memory>
#include <optional>
#include <string>

#include "src/tls/certificate_message.h"
#include "src/tls/own_certificate.h"
#include "src/tls/records.h"
#include "src/tls/session.h"
#include "src/tls/transcript.h"
#include "src/tls/transport.h"

namespace tls {

/// A session by GnuTLS, whichever end of it we are: a role (client.cpp) sets it up and
/// looks at the peer's Certificate message. Not movable: GnuTLS points into it.
class GnutlsSession : public Session {
 public:
  io::Task<base::Result<void>> handshake(io::Stream& stream, Judge judge,
                                         io::TimePoint deadline) final;
  [[nodiscard]] SessionFacts facts() const final;
  [[nodiscard]] const verify::Chain& chain() const final { return chain_; }
  [[nodiscard]] std::vector<base::Bytes> transcript() const final;
  [[nodiscard]] std::optional<base::Bytes> dnssec_chain() const final {
    return chain_heard_;
  }
  [[nodiscard]] base::Bytes own_certificate() const final;
  ReadResult read(int fd, std::span<std::byte> into) final {
    return records_->read(fd, into);
  }
  base::Result<void> write(base::ByteView data) final { return records_->write(data); }
  void refuse() final { records_->refuse(); }
  void close_notify() final { records_->close_notify(); }
  base::Result<void> flush(int fd) final { return transport_.flush(fd); }
  [[nodiscard]] std::size_t unsent() const final { return transport_.unsent(); }
  void discard_unsent() final { transport_.discard_unsent(); }

 protected:
  /// `flags` of gnutls_init: the role, and what goes with it. Errors: kind `usage`, code
  /// `bad_ciphers`; kind `internal`, code `tls`.
  base::Result<void> set_up(unsigned flags, const std::string& priorities,
                            Credentials own);
  /// Shows a peer that has not been shown anything yet these instead.
  void use_credentials(Credentials own);
  /// From here on `transcript` is kept; before the handshake, and by a client.
  void keep_transcript() { transcript_.emplace(); }
  /// Says these octets in the DNSSEC chain extension (RFC 9102) of our hello, a server
  /// only to a client that has asked and in TLS 1.2, and hears the peer's. Error kind
  /// `internal`, code `tls`.
  base::Result<void> speak_chain_extension(base::Bytes words);
  [[nodiscard]] gnutls_session_t handle() const { return session_.get(); }

  /// Called with each ClientHello, before GnuTLS works on it.
  virtual void hear_hello(base::ByteView /*body*/) {}
  /// Called when the handshake is done and the peer was not refused; what is written is
  /// sent with the last of our handshake messages.
  virtual void add_last_words() {}
  /// Whether our certificate has been shown.
  [[nodiscard]] virtual bool has_shown_certificate() const = 0;
  /// The name that the peer asked for (RFC 6066 3); empty: none.
  [[nodiscard]] virtual std::string asked_name() const { return {}; }

  /// Called when a Certificate message of the peer begins, before GnuTLS works on it.
  virtual void expect_certificates() = 0;
  /// Called with a Certificate message of the peer, which is in the transcript already
  /// and which GnuTLS takes apart afterwards, as `body` is then. 0, or GnuTLS's code for
  /// the end of the handshake.
  virtual int read_certificates(std::span<std::byte> body) = 0;

  /// What the judge is to see in place of what GnuTLS has read.
  void judge_instead(verify::Certificates sent) { sent_ = std::move(sent); }
  /// Whether the peer shows a raw public key (RFC 7250) in place of certificates.
  [[nodiscard]] bool shows_raw_key() const;
  /// Reads a Certificate message that has one; as `read_certificates`.
  int read_raw_key(base::ByteView body, Layout layout);

  /// Ends the handshake over what the peer `sent`: the judge says what it says of that
  /// chain in a file; a peer that it would have believed is lost all the same, with
  /// `why`.
  int give_up(verify::Chain sent, base::Error why);

 private:
  struct SessionFree {
    void operator()(gnutls_session_int* session) const { gnutls_deinit(session); }
  };

  void set_callbacks();
  int judge_now();
  int before_message(unsigned type, base::ByteView body);
  void note(Sender sender, unsigned type, base::ByteView body);
  io::Task<base::Result<void>> send_records(io::Stream& stream, io::TimePoint deadline);
  io::Task<base::Result<void>> fail_handshake(io::Stream& stream, int rc,
                                              io::TimePoint deadline);
  [[nodiscard]] base::Error reason(int rc) const;

  // No exception may pass through GnuTLS.
  static ssize_t on_pull(gnutls_transport_ptr_t self, void* into,
                         std::size_t size) noexcept;
  static ssize_t on_push(gnutls_transport_ptr_t self, const void* from,
                         std::size_t size) noexcept;
  static int on_wait(gnutls_transport_ptr_t self, unsigned milliseconds) noexcept;
  static int on_peer(gnutls_session_t session) noexcept;
  static int on_message(gnutls_session_t session, unsigned type, unsigned when,
                        unsigned incoming, const gnutls_datum_t* message) noexcept;

  static int on_chain_heard(gnutls_session_t session, const unsigned char* data,
                            std::size_t size) noexcept;
  static int on_chain_asked(gnutls_session_t session, gnutls_buffer_t out) noexcept;

  Credentials credentials_;
  std::unique_ptr<gnutls_session_int, SessionFree> session_;
  Transport transport_;
  std::optional<Records> records_;
  std::optional<Transcript> transcript_;  // where it is wanted
  base::Bytes chain_said_;
  std::optional<base::Bytes> chain_heard_;
  verify::Chain chain_;
  std::optional<verify::Certificates> sent_;  // where GnuTLS was given something else
  std::optional<base::Error> unreadable_;     // what the peer sent; no handshake is held
  Judge judge_;
  bool judged_ = false;
  bool refused_ = false;
  std::string too_costly_;  // what the peer wanted computed, if too much
};

}  // namespace tls

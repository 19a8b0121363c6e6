// src/tls: one TLS connection, by GnuTLS.
//
// session.h says what a session can do once it exists, whichever end of it we are: shake
// hands with a peer that is judged before a single octet of application data is sent,
// then records in and out through two large buffers of our own. client.h makes the
// client's end. options.h is what holds for all connections of a program: priorities.h
// has its ciphers, own_certificate.h what it shows. What was negotiated is told as values
// (session_facts.h), the peer as a verify::Chain; certificate_text.h and suites.h put
// both into words. channel.h is a connection that speaks clear text first and TLS later.
// Who is believed is not decided here.
//
// Inside: gnutls_session.h (both ends: handshake and judge), transport.h (buffers),
// records.h (the data phase), certificate_message.h and handshake_cost.h (what comes
// before the judge), transcript.h (what the server signs), cipher_list.h (OpenSSL's
// language), failure.h.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "src/base/bytes.h"
#include "src/base/error.h"
#include "src/io/stream.h"
#include "src/tls/session_facts.h"
#include "verify/chain.h"

namespace tls {

/// Says whether the peer may be spoken to; called once, before any application data.
using Judge = std::function<bool(const verify::Chain&)>;

/// How a read ended.
enum class ReadState {
  data,       ///< octets were read
  wait,       ///< nothing there yet
  closed,     ///< close_notify: all that the peer sent has been read
  truncated,  ///< FIN without close_notify (RFC 8446 6.1)
  failed,     ///< a TLS or socket error; `error` says which
};

struct ReadResult {
  ReadState state = ReadState::failed;
  std::size_t size = 0;  ///< octets read, for `data`
  base::Error error;     ///< for `failed`
};

/// Our end of one connection.
class Session {
 public:
  virtual ~Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Speaks TLS on the stream until the peer is proved or refused. Errors, kind
  /// `temporary`: codes `timeout`, `handshake`, `truncated`, `key_usage` (see KeyUsage in
  /// client.h), `bad_certificate` and `unsupported_key` (see certificate_message.h), and
  /// `refused` when `judge` said no (the peer got an alert). On success the stream may be
  /// released.
  [[nodiscard]] virtual io::Task<base::Result<void>> handshake(
      io::Stream& stream, Judge judge, io::TimePoint deadline) = 0;

  [[nodiscard]] virtual SessionFacts facts() const = 0;
  /// What the peer sent, as `judge` saw it.
  [[nodiscard]] virtual const verify::Chain& chain() const = 0;
  /// The handshake messages up to the server's signature, with their headers (see
  /// transcript.h), where the hello asked for them; empty otherwise. Where the handshake
  /// is done the signature is right, and so it is where a judge refused in TLS 1.3. In
  /// TLS 1.2 a peer is judged before it signs: one that was refused has not signed.
  [[nodiscard]] virtual std::vector<base::Bytes> transcript() const = 0;
  /// What the server said in its hello of its TLSA records (RFC 9102 2.2), where ours
  /// asked; nothing if it said nothing. Nobody has looked at it yet.
  [[nodiscard]] virtual std::optional<base::Bytes> dnssec_chain() const = 0;
  /// Our own certificate (DER) if the peer asked for it and got it, else empty; in a
  /// resumed session the first of those that it may have got.
  [[nodiscard]] virtual base::Bytes own_certificate() const = 0;

  // The rest is for a non-blocking socket `fd` and its owner's own loop.

  /// Reads application data.
  [[nodiscard]] virtual ReadResult read(int fd, std::span<std::byte> into) = 0;
  /// Encrypts `data` into the buffer of records to be sent; see `flush`.
  [[nodiscard]] virtual base::Result<void> write(base::ByteView data) = 0;
  /// Puts a fatal alert behind it: whoever has shaken hands is not to be spoken to.
  virtual void refuse() = 0;
  /// Puts close_notify behind what was written.
  virtual void close_notify() = 0;
  /// Sends what is buffered until the socket would block. Error code `io`.
  [[nodiscard]] virtual base::Result<void> flush(int fd) = 0;
  /// Octets of records that wait to be sent.
  [[nodiscard]] virtual std::size_t unsent() const = 0;
  /// Forgets them: the peer is gone and has all that mattered.
  virtual void discard_unsent() = 0;

 protected:
  Session() = default;
};

}  // namespace tls

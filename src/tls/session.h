// src/tls: one TLS connection as a client, by GnuTLS.
//
// session.h is the way in: a handshake whose peer is judged before a single octet of
// application data is sent, then records in and out through two large buffers of our own.
// What the session negotiated is told as values (SessionFacts), the peer as a
// verify::Chain. Who is believed is not decided here.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "src/base/bytes.h"
#include "src/base/error.h"
#include "src/io/stream.h"
#include "verify/chain.h"

namespace tls {

/// Whether raw public keys (RFC 7250) are offered beside certificates.
enum class RawKeys { no, offer };

/// Whether GnuTLS itself may end a handshake because the peer's certificate has a key
/// usage that does not fit. DANE-EE looks at no key usage (RFC 7671 5.1); verify looks at
/// it where it counts. GnuTLS only lets go of it together with newer features of TLS 1.2,
/// so this is for a second try.
enum class KeyUsage { enforce, leave_to_verify };

/// What the client brings along.
struct Settings {
  std::string server_name;  ///< SNI in A-labels (RFC 6066 3); empty: none is sent
  std::string priorities;   ///< GnuTLS priority string; empty: `default_priorities()`
  std::string certificate_file;  ///< PEM chain of the client; empty: none
  std::string key_file;          ///< PEM key; empty: in `certificate_file`
  std::string key_password;
  RawKeys raw_keys = RawKeys::no;
  KeyUsage key_usage = KeyUsage::enforce;
};

/// TLS 1.2 and 1.3, suites that authenticate and are forward secret, AES-GCM first.
[[nodiscard]] std::string default_priorities();

/// The priorities for a cipher list: a GnuTLS priority string as it is; else OpenSSL's
/// language (see cipher_list.h), suites of TLS 1.3 among it. Suites of TLS 1.3 alone
/// stand for their ciphers. GnuTLS combines key exchanges, ciphers and MACs: a list is
/// refused when that would offer something weaker than it asks for. Error kind `usage`,
/// code `bad_ciphers`; its line names what cannot be said.
[[nodiscard]] base::Result<std::string> priorities_for(std::string_view cipher_list);

/// Whether the client's certificate and key can be used; fine when none is named. Error
/// kind `usage`, code `bad_certificate_file`.
[[nodiscard]] base::Result<void> check_own_certificate(const Settings& settings);

/// What was negotiated.
struct SessionFacts {
  std::string protocol;    ///< `TLSv1.3`
  std::string cipher;      ///< the suite's IANA name
  std::string group;       ///< key exchange, e.g. `X25519`; may be empty
  std::string session_id;  ///< lower-case hex
  int key_bits = 0;        ///< of the cipher
  base::Bytes exporter;    ///< channel binding tls-exporter (RFC 9266), 32 octets
};

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

/// A client's side of one connection. Not movable: GnuTLS points into it.
class Session {
 public:
  /// Errors: kind `usage`, codes `bad_certificate_file`, `bad_ciphers`.
  [[nodiscard]] static base::Result<std::unique_ptr<Session>> create(
      const Settings& settings);
  virtual ~Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Speaks TLS on the stream until the peer is proved or refused. Errors, kind
  /// `temporary`: codes `timeout`, `handshake`, `truncated`, `key_usage` (see KeyUsage),
  /// `bad_certificate` and `unsupported_key` (see certificate_message.h), and `refused`
  /// when `judge` said no (the peer got an alert). On success the stream
  /// may be released.
  [[nodiscard]] virtual io::Task<base::Result<void>> handshake(
      io::Stream& stream, Judge judge, io::TimePoint deadline) = 0;

  [[nodiscard]] virtual SessionFacts facts() const = 0;
  /// What the peer sent, as `judge` saw it.
  [[nodiscard]] virtual const verify::Chain& chain() const = 0;
  /// The client's own certificate (DER) if one was sent, else empty.
  [[nodiscard]] virtual base::Bytes own_certificate() const = 0;

  // The rest is for a non-blocking socket `fd` and its owner's own loop.

  /// Reads application data.
  [[nodiscard]] virtual ReadResult read(int fd, std::span<std::byte> into) = 0;
  /// Encrypts `data` into the buffer of records to be sent; see `flush`.
  [[nodiscard]] virtual base::Result<void> write(base::ByteView data) = 0;
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

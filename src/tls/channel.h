#pragma once

#include <memory>
#include <string>

#include "src/io/stream.h"
#include "src/tls/session.h"

namespace tls {

/// A connection that speaks clear text, and later TLS: what speaks a protocol over it
/// does not see the difference.
class Channel {
 public:
  Channel(io::Loop& loop, io::Descriptor socket) : stream_(loop, std::move(socket)) {}

  /// At least one octet; empty when the peer has closed. Errors, kind `temporary`: codes
  /// `timeout`, `io`, `tls`.
  [[nodiscard]] io::Task<base::Result<std::string>> read(io::TimePoint deadline);
  /// All of `data`. Errors as for `read`.
  [[nodiscard]] io::Task<base::Result<void>> write(std::string_view data,
                                                   io::TimePoint deadline);
  /// From here on everything goes through this session, whose handshake is done.
  void use(std::unique_ptr<Session> session) { session_ = std::move(session); }
  [[nodiscard]] Session* session() const { return session_.get(); }
  /// Whether the peer ended a TLS connection without close_notify (RFC 8446 6.1).
  [[nodiscard]] bool was_truncated() const { return truncated_; }
  /// For the handshake.
  [[nodiscard]] io::Stream& stream() { return stream_; }
  /// Says goodbye in TLS, if it can be said without waiting.
  void close();

  /// Gives the socket and the session back to an owner with a loop of its own.
  [[nodiscard]] io::Descriptor release_socket() { return stream_.release(); }
  [[nodiscard]] std::unique_ptr<Session> release_session() { return std::move(session_); }

 private:
  io::Stream stream_;
  std::unique_ptr<Session> session_;
  bool truncated_ = false;
};

}  // namespace tls

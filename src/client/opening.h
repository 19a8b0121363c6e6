#pragma once

#include <memory>
#include <optional>
#include <string>

#include "src/base/policy.h"
#include "src/base/smtp_reply.h"
#include "src/base/starttls.h"
#include "src/tls/channel.h"

namespace client {

/// What follows on the clear text before TLS.
enum class NextStep {
  handshake,   ///< the hello may be sent
  clear_text,  ///< there is to be no TLS on this connection
};

/// What a protocol says in clear text before TLS begins, and right behind the handshake.
/// `flow.h` calls the three steps in this order, each once on a connection. The first
/// knows nothing of what is required of the peer: it runs while that is still looked up.
class Opening {
 public:
  virtual ~Opening() = default;

  /// Speaks as far as can be spoken without knowing what is required. Errors end the
  /// connection.
  [[nodiscard]] virtual io::Task<base::Result<void>> greet(tls::Channel& channel) = 0;
  /// Asks for TLS as the requirement has it.
  [[nodiscard]] virtual io::Task<base::Result<NextStep>> ask_for_tls(
      tls::Channel& channel, const policy::Requirement& requirement) = 0;
  /// What has to be said again once TLS protects it (RFC 3207 4.2).
  [[nodiscard]] virtual io::Task<base::Result<void>> resume(tls::Channel& channel) = 0;
  /// Takes leave of a peer that is not to be spoken to any further.
  [[nodiscard]] virtual io::Task<void> leave(tls::Channel& channel) = 0;

  /// How much of the handshake's time the talk has used up.
  [[nodiscard]] virtual io::Duration counted() const { return io::Duration(0); }
  /// The reply of the peer that ended the conversation, where one did.
  [[nodiscard]] virtual const smtp::Reply& rejection() const;
};

/// TLS from the first octet.
[[nodiscard]] std::unique_ptr<Opening> no_opening();

/// The dialogue of a STARTTLS protocol, which always asks for TLS. `limit` is for all of
/// it. Errors: those of the dialogue and the stream; kind `temporary`, codes `closed` and
/// `protocol` (a peer that talks without end).
[[nodiscard]] std::unique_ptr<Opening> starttls_opening(
    std::unique_ptr<starttls::Dialogue> dialogue, io::Duration limit);

}  // namespace client

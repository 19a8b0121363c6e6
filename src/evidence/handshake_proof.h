#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/evidence/bundle.h"
#include "src/evidence/handshake_message.h"
#include "verify/chain.h"

namespace evidence {

/// What a server signed of a handshake.
enum class Bound {
  nothing,  ///< it signed nothing, or the messages end before its signature
  /// TLS 1.2: that whoever has the private key of the leaf's key saw the client's random.
  /// The rest of what is shown, also how that key is written down, is the word of whoever
  /// wrote the messages.
  key,
  all,  ///< TLS 1.3: key, certificates, server name and version
};

/// What the messages of a handshake say, and what of that is signed.
struct HandshakeProof {
  Bound bound = Bound::nothing;
  /// Why the signature is worth less than others, in words (see `weakness`).
  std::optional<std::string> weak;
  Octets32 client_random{};             ///< of each ClientHello
  std::string server_name;              ///< asked for (RFC 6066 3); empty: none
  std::optional<TlsVersion> protocol;   ///< once the server has answered
  std::optional<std::uint16_t> suite;   ///< IANA's number
  std::optional<std::uint16_t> group;   ///< IANA's number, where there is a named one
  verify::Chain chain;                  ///< empty before a Certificate
  std::optional<std::uint16_t> scheme;  ///< of the signature (RFC 8446 4.2.3)
};

/// Reads the messages of a handshake (docs/evidence-format.md, `peers`) and checks the
/// server's signature over them. Neither the client's random nor anything that is shown
/// is judged. Messages that end early are no error, for a handshake may break off:
/// nothing is bound then. Error kind `usage`, code `bad_evidence`: messages that are not
/// laid out as their RFCs say, that stand in another order, two hellos that contradict
/// each other, a handshake in which a session is taken up again, a version before
/// TLS 1.2, a key with which no handshake is held, and a signature that is not right.
[[nodiscard]] base::Result<HandshakeProof> prove_handshake(
    std::span<const base::Bytes> messages);

/// Whether the messages end with the server's signature, right or not: a handshake that
/// breaks off before that proves nothing, and is no peer of a bundle.
[[nodiscard]] bool ends_signed(std::span<const base::Bytes> messages);

}  // namespace evidence

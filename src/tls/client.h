#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "src/tls/options.h"
#include "src/tls/session.h"

namespace tls {

/// Whether raw public keys (RFC 7250) are offered beside certificates.
enum class RawKeys { no, offer };

/// Whether GnuTLS itself may end a handshake because the peer's certificate has a key
/// usage that does not fit. DANE-EE looks at no key usage (RFC 7671 5.1); verify looks at
/// it where it counts. GnuTLS only lets go of it together with newer features of TLS 1.2,
/// so this is for a second try.
enum class KeyUsage { enforce, leave_to_verify };

/// The random of a ClientHello (RFC 8446 4.1.2).
using Random = std::array<std::byte, 32>;

/// What the hello to one peer says, and what may be found in the answer.
struct Hello {
  std::string server_name;  ///< SNI in A-labels (RFC 6066 3); empty: none is sent
  RawKeys raw_keys = RawKeys::no;
  KeyUsage key_usage = KeyUsage::enforce;
  /// The hello's random in place of one by chance, where the server is to sign what we
  /// chose; then `Session::transcript` is kept. Whoever makes it sees to it that nobody
  /// could foresee it, and that no two hellos have the same.
  std::optional<Random> random{};
  /// Asks the server for what proves its TLSA records at this port (RFC 9102 2.1), those
  /// of `server_name`, without which nothing is asked; see
  /// `Session::dnssec_chain`. TLS 1.2 is all that is offered then: GnuTLS ends a TLS 1.3
  /// handshake in which the answer comes where RFC 9102 has it, with a certificate.
  std::optional<std::uint16_t> chain_port{};
};

/// A client's side of one connection. Errors: kind `usage`, codes `bad_certificate_file`,
/// `bad_ciphers`.
[[nodiscard]] base::Result<std::unique_ptr<Session>> make_client(const Options& options,
                                                                 const Hello& hello);

}  // namespace tls

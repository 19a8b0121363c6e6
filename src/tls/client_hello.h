#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/base/bytes.h"

namespace tls {

/// What a ClientHello says, as far as a server decides by it.
struct ClientHello {
  /// The host name that is asked for (RFC 6066 3), in lower case and without a dot at its
  /// end; empty if none is, or what is no host name in ASCII.
  std::string server_name;
  std::vector<std::uint16_t> groups;  ///< supported_groups (RFC 8422 5.1.1), by number
  bool has_versions = false;          ///< supported_versions is there: TLS 1.3
  /// Whose TLSA records the client wants proved (RFC 9102 2.1), if it does.
  std::optional<std::uint16_t> chain_port;
};

/// Reads a hello, `body` being the message without its header, as GnuTLS gives it to a
/// hook. What cannot be read is left out; GnuTLS says what is wrong with it.
[[nodiscard]] ClientHello read_client_hello(base::ByteView body);

}  // namespace tls

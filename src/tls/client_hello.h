#pragma once

#include <string>

#include "src/base/bytes.h"

namespace tls {

/// The host name that a ClientHello asks for (RFC 6066 3), in lower case and without a
/// dot at its end; empty if it asks for none, or for what is no host name in ASCII.
/// `body` is the message without its header, as GnuTLS gives it to a hook.
[[nodiscard]] std::string server_name_in(base::ByteView body);

}  // namespace tls

#pragma once

#include <string>

struct gnutls_session_int;  // GnuTLS's session

namespace tls {

/// What GnuTLS's code `rc` says in words: the alert by its name if it was the peer's.
[[nodiscard]] std::string failure_text(gnutls_session_int* session, int rc);

}  // namespace tls

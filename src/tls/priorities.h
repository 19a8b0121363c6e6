#pragma once

#include <string>
#include <string_view>

#include "src/base/error.h"

namespace tls {

/// TLS 1.2 and 1.3, suites that authenticate and are forward secret, AES-GCM first.
[[nodiscard]] std::string default_priorities();

/// The priorities for a cipher list: a GnuTLS priority string as it is; else OpenSSL's
/// language (see cipher_list.h), suites of TLS 1.3 among it. Suites of TLS 1.3 alone
/// stand for their ciphers. GnuTLS combines key exchanges, ciphers and MACs: a list is
/// refused when that would offer something weaker than it asks for. Error kind `usage`,
/// code `bad_ciphers`; its line names what cannot be said.
[[nodiscard]] base::Result<std::string> priorities_for(std::string_view cipher_list);

/// Whether such priorities let TLS 1.2 be spoken.
[[nodiscard]] bool allow_tls12(const std::string& priorities);

}  // namespace tls

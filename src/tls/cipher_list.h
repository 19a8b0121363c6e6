#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"
#include "src/tls/suites.h"

namespace tls {

/// What a cipher list in OpenSSL's language asks for.
struct CipherList {
  std::vector<const Suite*> chosen;    ///< of TLS 1.2, in the list's order
  std::vector<const Suite*> excluded;  ///< by `!` or `-`, and not added again
  std::vector<std::string_view>
      tls13;                    ///< suites of TLS 1.3 that it names; points into it
  unsigned security_level = 0;  ///< of @SECLEVEL
};

/// Whether we are ready to use the suite at all: forward secret (no static RSA), with a
/// cipher and MAC that nobody has broken.
[[nodiscard]] bool is_offered(const Suite& suite);

/// Whether it is among those that are offered when nobody asks for anything.
[[nodiscard]] bool is_usual(const Suite& suite);

/// Reads a list as `openssl ciphers` does: names and words with `:`, `,`, `;` or blanks
/// between them, joined by `+`, behind `!`, `-` or `+`; DEFAULT at the start, @STRENGTH,
/// @SECLEVEL=n. A word stands for the usual suites of its kind, or for all that we offer
/// when none of these is usual. What we never offer (static RSA, RC4, 3DES, PSK, …) is
/// left out. Error kind `usage`, code `bad_ciphers`: a word that is not understood, or a
/// level that we do not hold keys to; the line names it.
[[nodiscard]] base::Result<CipherList> parse_cipher_list(std::string_view list);

}  // namespace tls

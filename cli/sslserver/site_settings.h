#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "cli/sslserver/variables.h"
#include "src/base/error.h"
#include "src/keeper/key_pair.h"

namespace cli::sslserver {

/// What the variables CERTFILE and its like say is shown to clients and asked of them.
struct SiteSettings {
  std::vector<keeper::PairFiles> pairs;  ///< of CERTCHAINFILE or CERTFILE, and KEYFILE
  std::string directory;                 ///< CERTDIR: sets for server names of their own
  std::string ciphers;                   ///< CIPHERS
  std::vector<std::string> protocols;    ///< ALPN
  std::string authorities;               ///< CCAFILE, else CAFILE: who certifies clients
  std::string authorities_directory;     ///< CADIR
  std::string revocations;               ///< CRLFILE
  std::string client_keys;        ///< CLIENTKEYS: names of clients by their raw keys
  std::optional<unsigned> depth;  ///< VERIFYDEPTH
  bool asks_client = false;       ///< CCAVERIFY is set: a certificate, as by -m
  bool asks_no_client = false;    ///< CCAFILE is `-`: -z, -m and -i do not hold

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes its 0 for a pointer
  [[nodiscard]] auto operator<=>(const SiteSettings&) const = default;
};

/// The settings in these variables. Error kind `usage`.
[[nodiscard]] base::Result<SiteSettings> site_settings(const Variables& variables);

}  // namespace cli::sslserver

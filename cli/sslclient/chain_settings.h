#pragma once

#include <string>

#include "src/base/error.h"
#include "src/base/name.h"

namespace cli::sslclient {

struct Options;

/// How a server is asked for its DNSSEC chain (RFC 9102).
struct ChainSettings {
  dns::Name name;            ///< of the hello, at which the TLSA records are
  std::string trust_anchor;  ///< a file with the root's keys; empty: Debian's
  std::string pins;          ///< a file, see chain_pins.h; empty: nobody is pinned
};

/// The settings that a whole command line makes. Error kind `usage`: it has something
/// that does not go with the extension, or nothing to ask for.
[[nodiscard]] base::Result<ChainSettings> chain_settings(const Options& options,
                                                         std::string pins);

}  // namespace cli::sslclient

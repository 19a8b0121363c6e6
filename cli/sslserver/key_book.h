#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "cli/sslserver/site_settings.h"
#include "src/tls/private_key.h"
#include "src/tls/served_certificate.h"

namespace cli::sslserver {

/// The chains of one site: public, and known to everybody.
struct SiteChains {
  std::vector<tls::ServedChain> fallback;  ///< for a name that is not in `by_name`
  /// For clients that ask for a name (lower case; `*.example.org` stands for one label).
  std::map<std::string, std::vector<tls::ServedChain>> by_name;
};

/// What the settings name, read from the files: the chains of each site in the order of
/// the settings, and the keys, which nobody but the keeper ever has.
struct KeyBook {
  std::vector<SiteChains> sites;
  std::vector<tls::PrivateKey> keys;  ///< by the number in a ServedChain
};

/// Reads all files. Error kind `usage`; its detail names the file.
[[nodiscard]] base::Result<KeyBook> read_keys(std::span<const SiteSettings> settings,
                                              const std::string& password);

/// The chains as words for another process, and back.
[[nodiscard]] std::vector<std::string> to_words(const std::vector<SiteChains>& sites);
[[nodiscard]] std::vector<SiteChains> chains_from(const std::vector<std::string>& words);

}  // namespace cli::sslserver

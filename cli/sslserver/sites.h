#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cli/sslserver/client_judge.h"
#include "cli/sslserver/client_names.h"
#include "cli/sslserver/key_book.h"
#include "cli/sslserver/site_settings.h"
#include "src/tls/served_certificate.h"

namespace cli::sslserver {

/// What clients are shown and asked under one set of settings.
class Site {
 public:
  std::string priorities;
  std::vector<std::string> protocols;
  ClientDemand demand = ClientDemand::none;  ///< what clients must show
  std::shared_ptr<const ClientTrust> trust;  ///< null: no authority certifies them
  ClientNames client_names;                  ///< of raw keys, where DANE proves clients
  /// What tells the tickets of this site from those of others, as long as the keeper
  /// lives.
  std::string ticket_words;

  /// What is shown to a client that asks for this name (lower case): the set of the name
  /// itself, of a wildcard in place of its first label, or the one for all others.
  [[nodiscard]] tls::Credentials shown_to(const std::string& server_name) const;

 private:
  friend class Sites;
  tls::Credentials fallback_;
  std::map<std::string, tls::Credentials> by_name_;
};

/// The sites of all settings that the environment and the rules make.
class Sites {
 public:
  /// From the settings and their chains, in the same order. Clients are asked as
  /// `demand` says, unless the settings say that they are not, or that they are. Error
  /// kind `usage`.
  [[nodiscard]] static base::Result<Sites> make(std::span<const SiteSettings> settings,
                                                const std::vector<SiteChains>& chains,
                                                tls::Signer& signer, ClientDemand demand);

  /// The site of these settings; null if they were not there when this was made.
  [[nodiscard]] const Site* find(const SiteSettings& settings) const;

 private:
  std::map<SiteSettings, Site> sites_;
};

}  // namespace cli::sslserver

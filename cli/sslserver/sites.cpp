#include "cli/sslserver/sites.h"

#include "src/tls/priorities.h"

namespace cli::sslserver {
namespace {

/// What the settings make of the program's own demand: CCAFILE=- takes it back, and
/// CCAVERIFY asks for what is asked for nowhere else.
ClientDemand demand_of(const SiteSettings& settings, ClientDemand demand) {
  if (settings.asks_no_client) return ClientDemand::none;
  if (settings.asks_client && demand == ClientDemand::none) return ClientDemand::required;
  return demand;
}

}  // namespace

tls::Credentials Site::shown_to(const std::string& server_name) const {
  const auto exact = by_name_.find(server_name);
  if (exact != by_name_.end()) return exact->second;
  const std::size_t dot = server_name.find('.');
  if (dot != std::string::npos && dot > 0) {
    const auto wildcard = by_name_.find("*" + server_name.substr(dot));
    if (wildcard != by_name_.end()) return wildcard->second;
  }
  return fallback_;
}

base::Result<Sites> Sites::make(std::span<const SiteSettings> settings,
                                const std::vector<SiteChains>& chains,
                                tls::Signer& signer, ClientDemand demand) {
  Sites out;
  for (std::size_t i = 0; i < settings.size() && i < chains.size(); ++i) {
    Site site;
    site.protocols = settings[i].protocols;
    site.ticket_words = "site " + std::to_string(i);
    if (!settings[i].ciphers.empty()) {
      auto priorities = tls::priorities_for(settings[i].ciphers);
      if (!priorities) return tl::unexpected(priorities.error().in("CIPHERS"));
      site.priorities = std::move(*priorities);
    }
    site.demand = demand_of(settings[i], demand);
    const bool has_authorities =
        !settings[i].authorities.empty() || !settings[i].authorities_directory.empty();
    const bool needs_none =
        site.demand == ClientDemand::none || site.demand == ClientDemand::dane;
    if (!needs_none || (site.demand == ClientDemand::dane && has_authorities)) {
      auto trust = client_trust(settings[i]);
      if (!trust) return tl::unexpected(trust.error());
      site.trust = std::move(*trust);
    }
    if (site.demand == ClientDemand::dane && !settings[i].client_keys.empty()) {
      auto listed = ClientNames::read(settings[i].client_keys);
      if (!listed) return tl::unexpected(listed.error());
      site.client_names = std::move(*listed);
    }
    // A client that is proved by DANE may have a certificate of nobody's, and would not
    // show it where authorities are named.
    const bool named = site.trust && site.demand != ClientDemand::dane;
    const std::string names = named ? site.trust->names : "";
    auto fallback = tls::served_credentials(chains[i].fallback, signer, names);
    if (!fallback) return tl::unexpected(fallback.error());
    site.fallback_ = std::move(*fallback);
    for (const auto& [name, shown] : chains[i].by_name) {
      auto credentials = tls::served_credentials(shown, signer, names);
      if (!credentials) return tl::unexpected(credentials.error().in(name));
      site.by_name_.emplace(name, std::move(*credentials));
    }
    out.sites_.emplace(settings[i], std::move(site));
  }
  return out;
}

const Site* Sites::find(const SiteSettings& settings) const {
  const auto found = sites_.find(settings);
  return found == sites_.end() ? nullptr : &found->second;
}

}  // namespace cli::sslserver

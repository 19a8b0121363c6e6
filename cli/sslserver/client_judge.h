#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/sslserver/options.h"
#include "cli/sslserver/site_settings.h"
#include "src/tls/revocation.h"
#include "verify/chain.h"
#include "verify/roots.h"

namespace cli::sslserver {

/// Who certifies the clients of a site.
struct ClientTrust {
  verify::Roots roots;
  std::string names;  ///< PEM of those that are named to clients
  std::optional<tls::Revocations> revocations;
  std::optional<unsigned> depth;
};

/// The authorities that the settings name. Error kind `usage`; also where they name none.
[[nodiscard]] base::Result<std::shared_ptr<const ClientTrust>> client_trust(
    const SiteSettings& settings);

/// Why a client is not believed; nothing if it is. `remote_host` is the client's host
/// name, which -z holds it to.
[[nodiscard]] std::optional<std::string> objection_to(
    const verify::Chain& chain, ClientDemand demand, const ClientTrust& trust,
    const std::optional<std::string>& remote_host);

}  // namespace cli::sslserver

#pragma once

#include <optional>
#include <string>

#include "cli/sslserver/client_names.h"
#include "resolver/resolver.h"
#include "src/client/report.h"
#include "verify/roots.h"

namespace cli::sslserver {

/// What became of a client that is to be proved by DANE.
struct ClientProof {
  std::optional<std::string> objection;  ///< none: it is proved
  client::Report report;  ///< `host` is the client's name, as far as one was found
};

/// Proves a client by TLSA records at `_SERVICE.NAME` (draft-ietf-dance-client-auth), the
/// names being those of the certificate it shows: its dNSNames, and its SRVNames of that
/// service; a raw key has the name that is listed for it. DANE-EE looks at no name, date
/// or purpose (RFC 7671 5.1); the trust store, if there is one, is for PKIX-TA and
/// PKIX-EE. Without secure records, and where a look-up fails, nobody is proved; none is
/// begun after the deadline.
[[nodiscard]] io::Task<ClientProof> prove_client(resolver::Resolver& resolver,
                                                 verify::Chain chain, std::string service,
                                                 const ClientNames& listed,
                                                 const verify::Roots* roots,
                                                 io::TimePoint deadline);

}  // namespace cli::sslserver

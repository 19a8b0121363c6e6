#pragma once

#include <optional>
#include <vector>

#include "resolver/host.h"
#include "src/base/policy.h"
#include "src/client/target.h"

namespace client {

/// How SRV records lead from a domain to a host (RFC 7673).
struct Referral {
  dns::Name domain;        ///< that somebody trusts
  dns::Name service_name;  ///< `_imaps.example.org`, as an SRVName has it (RFC 4985)
  dns::Security security = dns::Security::bogus;  ///< of the SRV records
};

/// Where a target is, before anything is known of its TLSA records.
struct Location {
  std::vector<net::Endpoint> endpoints;  ///< in the order in which they are tried
  std::optional<resolver::Host> host;    ///< none for an address that has no name
  policy::ReferenceName name;            ///< the host as the user wrote it
  std::optional<Referral> referral;      ///< where SRV records name the host
};

/// What the DNS said about a target and what follows, also where that is an error.
struct Lookup {
  policy::DnsFacts facts;                         ///< as far as they got
  base::Result<policy::Requirement> requirement;  ///< of the peer
};

/// Looks up the addresses. An address literal has no TLSA records of its own (RFC 7672
/// 2.2), but when the user names the peer, the first name is its base domain. Errors:
/// those of resolver::find_host.
[[nodiscard]] io::Task<base::Result<Location>> locate(resolver::Resolver& resolver,
                                                      Target target,
                                                      policy::Demand demand);

/// Looks up what the demand needs to know beside the addresses, and decides; records of
/// the demand are not looked up, nor those of a host that SRV records name which are not
/// secure (RFC 7673 3.1). A host that secure ones name may prove to be their domain, too
/// (RFC 7673 4); one that others name must. Errors: those of resolver::find_tlsa and of
/// policy::decide.
[[nodiscard]] io::Task<Lookup> look_up(resolver::Resolver& resolver, Location location,
                                       std::uint16_t port, policy::Demand demand);

}  // namespace client

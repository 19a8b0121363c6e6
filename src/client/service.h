#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resolver/resolver.h"
#include "src/base/starttls.h"
#include "src/client/lookup.h"

namespace client {

/// The most targets of one service that are looked at.
inline constexpr std::size_t kMostTargets = 16;

/// A service that is found by SRV records, and what is spoken before its TLS.
struct ServiceType {
  std::string prefix;                          ///< `_imap._tcp`
  std::optional<starttls::Protocol> starttls;  ///< nothing: TLS from the first octet
};

/// The service of such a word: `imap`, `xmpp-client`, …, or `_service._tcp` whatever the
/// service is. Case does not count. Errors: kind `usage`, code `usage`.
[[nodiscard]] base::Result<ServiceType> parse_service(std::string_view word);

/// Where the servers of a service are.
struct ServiceTargets {
  Referral referral;              ///< what all of the targets take from the SRV records
  std::vector<dns::Srv> targets;  ///< `kMostTargets` at most, as they are to be tried
  std::size_t left_out = 0;       ///< how many more there are
};

/// The name of the SRV records of a domain. Error kind `usage`, code `bad_name` if there
/// can be none.
[[nodiscard]] base::Result<dns::Name> service_owner(const ServiceType& service,
                                                    const dns::Name& domain);

/// What follows from the answer to a question for the SRV records of a domain: the
/// targets, those of the lowest priority first and of one priority those of the greatest
/// weight (RFC 2782). Errors: kind `temporary`, code `no_service`, where there are no
/// records, or where all of them say that the service is not offered.
[[nodiscard]] base::Result<ServiceTargets> service_targets(
    const dns::Name& domain, const dns::Answer<dns::Srv>& answer);

/// Looks the SRV records of a domain up, and what follows from them. Errors: those of
/// Resolver, none of which means that there is no service (RFC 7673 3.1), of
/// `service_owner` and of `service_targets`.
[[nodiscard]] io::Task<base::Result<ServiceTargets>> find_service(
    resolver::Resolver& resolver, ServiceType service, dns::Name domain);

}  // namespace client

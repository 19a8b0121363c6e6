#pragma once

#include "resolver/resolver.h"
#include "src/audit/common.h"

namespace audit {

/// Fetches the MTA-STS policy of a domain (RFC 8461 3.3) from a host that the trust store
/// of the settings has to prove; nothing if this machine has no way to it. Redirects are
/// not followed.
[[nodiscard]] io::Task<std::optional<StsSeen>> fetch_sts_policy(
    io::Loop& loop, resolver::Resolver& resolver, Common& common, dns::Name domain);

}  // namespace audit

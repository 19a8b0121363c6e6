#pragma once

#include <vector>

#include "resolver/resolver.h"
#include "src/base/policy.h"

namespace resolver {

/// Which families of addresses are looked up.
enum class Families { both, v4_only };

/// What the DNS says about a host before TLSA is asked (RFC 7672 2.2.2).
struct Host {
  dns::Name original;                   ///< as it was asked for
  dns::Name canonical;                  ///< after its aliases
  std::vector<dns::Name> aliases;       ///< owners of CNAMEs on the way, `original` first
  std::vector<net::Address> addresses;  ///< IPv6 first, in the order of the answers
  dns::Security security = dns::Security::bogus;  ///< of the best of the answers
  /// Where TLSA records are to be looked for, in this order: the canonical name, then the
  /// original one; one of them; or none when nothing is secure (RFC 7672 2.2.2, 2.2.3).
  std::vector<dns::Name> base_domains;
};

/// Looks up both families at once. A family whose look-up fails is left out when the
/// other has addresses. Errors: those of `Resolver`, and kind `temporary`, code
/// `no_address`.
[[nodiscard]] io::Task<base::Result<Host>> find_host(Resolver& resolver, dns::Name name,
                                                     Families families);

/// Looks for TLSA records at `_<port>._tcp.` of each base domain, the next one only when
/// the one before is securely denied or insecure; a look-up that fails ends it with its
/// Error (RFC 7672 2.1.2, 2.2.3). With no base domain nothing is asked. The facts' names
/// are the base domain's and, where the host is an alias, the original one's
/// (RFC 7672 3.2.2).
[[nodiscard]] io::Task<base::Result<policy::DnsFacts>> find_tlsa(Resolver& resolver,
                                                                 Host host,
                                                                 std::uint16_t port);

}  // namespace resolver

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/base/policy.h"

namespace qmail {

/// What the line that makes a policy speaks of. It decides whose name counts: a line
/// about a host is the user's own word for that host, however it was found. What is said
/// of a domain, or of nobody, vouches for no host that forged MX records may lead to.
enum class Scope {
  default_policy,  ///< no line speaks of this mail
  domain,          ///< control/danepolicy
  host,            ///< tlshosts, notlshosts, and tlsdestinations as s/qmail reads it
};

/// What mail to a domain demands of a peer.
struct MailPolicy {
  policy::Level level = policy::Level::dane;
  /// What `Level::dane` falls back to (RFC 7672 2.2: opportunistic TLS).
  policy::WithoutTlsa without_tlsa = policy::WithoutTlsa::opportunistic;
  Scope scope = Scope::default_policy;
  std::string trust_store;       ///< a file, or a directory with `/` at its end
  std::vector<dns::Name> match;  ///< names for PKIX in place of the usual ones
  policy::NameCheck names = policy::NameCheck::compare;
  std::optional<dns::Tlsa> pinned;    ///< in place of the DNS's records
  std::optional<std::uint16_t> port;  ///< in place of 25, if smtproutes has none
  /// The file and line that say so, for people alone; empty for the default.
  std::string source;
  /// About a line that names the mail host, where policies go by the domain of the mail:
  /// whoever wrote it believes that it holds. Empty if there is none.
  std::string idle;
};

}  // namespace qmail

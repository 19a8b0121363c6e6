#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/base/policy.h"
#include "src/qmail/control.h"

namespace qmail {

/// What mail to a domain demands of a peer.
struct MailPolicy {
  policy::Level level = policy::Level::dane;
  /// What `Level::dane` falls back to (RFC 7672 2.2: opportunistic TLS).
  policy::WithoutTlsa without_tlsa = policy::WithoutTlsa::opportunistic;
  std::string trust_store;       ///< a file, or a directory with `/` at its end
  std::vector<dns::Name> match;  ///< names for PKIX in place of the usual ones
  policy::NameCheck names = policy::NameCheck::compare;
  std::optional<dns::Tlsa> pinned;    ///< in place of the DNS's records
  std::optional<std::uint16_t> port;  ///< in place of 25, if smtproutes has none
  std::string source;  ///< the file and line that say so, empty for the default
  /// About a line that names the mail host, where policies go by the domain of the mail:
  /// whoever wrote it believes that it holds. Empty if there is none.
  std::string idle;
};

/// The policy for a domain and one of its hosts, of the first of these that speaks of it:
/// control/danepolicy (domain), tlshosts and notlshosts (host), tlsdestinations (domain).
/// Error kind `temporary`, code `control`, for a line that cannot be understood, that can
/// match nothing, or that another one for the same domain puts out of effect: what it was
/// meant to protect would go unprotected.
[[nodiscard]] base::Result<MailPolicy> policy_of(const Control& control,
                                                 const std::string& domain,
                                                 const std::string& host,
                                                 const std::string& sender_domain);

}  // namespace qmail

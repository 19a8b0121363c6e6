// src/mail: mail between servers, as a sender and an audit of it both need it.
//
// mail_hosts.h says where the mail of a domain goes; reach.h and smtp_opening.h are what
// the client flow says to one address up to the point where a message could be handed
// over: greeting, EHLO, STARTTLS, EHLO again (RFC 5321, RFC 3207, RFC 7672). What is done
// with such a connection is its user's: src/qmail delivers, src/audit only looks.
// domain_records.h, sts_policy.h and report_uri.h read what a domain publishes beside
// (RFC 8461, RFC 8460).
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "resolver/resolver.h"
#include "src/base/policy.h"

namespace mail {

/// The most hosts that are tried for one message.
inline constexpr std::size_t kMostHosts = 64;

/// Whether a name can be that of a mail host: more than a top-level domain, no address,
/// letters, digits, hyphens and, as the world has them, underscores.
[[nodiscard]] bool is_mail_host(const dns::Name& name);

/// A host that takes mail for a domain.
struct MailHost {
  dns::Name name;
  std::uint16_t preference = 0;  ///< lower is tried first (RFC 5321 5.1)
};

/// Where mail for a domain goes.
struct MailHosts {
  std::vector<MailHost> hosts;  ///< in the order in which they are to be tried
  /// The DNSSEC state of the MX RRset, its aliases and its denial; `secure` for a host
  /// that the user names.
  dns::Security security = dns::Security::bogus;
  /// The domain and, where it is a secure alias, what it stands for (RFC 7672 3.2.2).
  std::vector<dns::Name> domains;
  bool from_mx = false;  ///< there are MX records; else the domain is the host itself
  std::vector<dns::Mx> published;           ///< all of them, as they stand there
  std::optional<dns::Signature> signature;  ///< over them
};

/// Puts hosts of one preference into another order, at random.
using Shuffle = std::function<void(std::vector<MailHost>& same_preference)>;

/// Where the mail of a domain goes, by the answer to a question for its MX records (RFC
/// 5321 5.1, RFC 7672 2.2). Hosts that are none (addresses, single labels, odd names) are
/// left out. Errors: kind `permanent`, codes `null_mx` (RFC 7505 3) and `no_domain`; kind
/// `temporary`, code `no_mail_host` when none of the MX records names a host.
[[nodiscard]] base::Result<MailHosts> mail_hosts(dns::Answer<dns::Mx> answer,
                                                 const Shuffle& shuffle);

/// Looks the MX records of a domain up, and what follows from them. Errors: those of
/// Resolver, all of which delay the mail, never falling back to the domain's address (RFC
/// 7672 2.1.2), and those of `mail_hosts`.
[[nodiscard]] io::Task<base::Result<MailHosts>> find_mail_hosts(
    resolver::Resolver& resolver, dns::Name domain, Shuffle shuffle);

/// Adds the names that a certificate may have beside those of its TLSA base domain: the
/// domain and what it is an alias of. Not for DANE behind insecure MX records, which
/// anybody may have forged (RFC 7672 3.2.2).
void add_domain_names(const MailHosts& hosts, policy::DnsFacts& facts);

}  // namespace mail

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/base/policy.h"
#include "src/qmail/control.h"

namespace qmail {

/// A host that takes mail in place of a domain's own (control/smtproutes).
struct Relay {
  std::string host;  ///< a name or an address, without brackets; empty: the domain's own
  std::uint16_t port = 25;
};

/// The relay of a domain: the entry of the domain, else of the longest `.suffix`, else of
/// the empty domain; an empty relay means the domain's own hosts. Nothing without an
/// entry. `relay`, `relay:port`, `relay;port`, `[address]:port`, `:port`. Error kind
/// `temporary`, code `control`, for an entry that cannot be honoured (a user and
/// password).
[[nodiscard]] base::Result<std::optional<Relay>> relay_of(const Control& control,
                                                          const std::string& domain);

/// What mail to a domain demands of a peer.
struct MailPolicy {
  policy::Level level = policy::Level::dane;
  /// What `Level::dane` falls back to (RFC 7672 2.2: opportunistic TLS).
  policy::WithoutTlsa without_tlsa = policy::WithoutTlsa::opportunistic;
  std::string trust_store;       ///< a file, or a directory with `/` at its end
  std::vector<dns::Name> match;  ///< names for PKIX in place of the usual ones
  policy::NameCheck names = policy::NameCheck::compare;
  std::optional<dns::Tlsa> pinned;  ///< in place of the DNS's records
  std::string source;  ///< the file and line that say so, empty for the default
};

/// The policy for a domain and one of its hosts, of the first of these that speaks of it:
/// control/danepolicy (domain), tlshosts and notlshosts (host), tlsdestinations (domain).
/// Error kind `temporary`, code `control`, for a line that cannot be understood.
[[nodiscard]] base::Result<MailPolicy> policy_of(const Control& control,
                                                 const std::string& domain,
                                                 const std::string& host,
                                                 const std::string& sender_domain);

/// Where connections come from and how the client calls itself.
struct Identity {
  std::optional<net::Address> source;
  std::string helo;
};

/// By control/domainips, domainbindings and outgoingip; helohost, else me. Error kind
/// `temporary`, code `control`, also when there is no name at all.
[[nodiscard]] base::Result<Identity> identity_of(const Control& control,
                                                 const std::string& sender_domain);

/// A client's certificate (control/domaincerts, else clientcert.pem).
struct OwnCertificate {
  std::string certificate_file;
  std::string key_file;
  std::string password;
};
[[nodiscard]] base::Result<std::optional<OwnCertificate>> certificate_of(
    const Control& control, const std::string& sender_domain);

}  // namespace qmail

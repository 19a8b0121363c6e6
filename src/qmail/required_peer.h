// What a mail host must prove before it sees the mail.
//
// Three things decide: where the user says that mail goes (Route), what the user demands
// of it (MailPolicy), and what the DNS knows of the host (policy::DnsFacts). All of this
// is functions of these values; the delivery asks the DNS and connects.
#pragma once

#include <optional>

#include "src/mail/reach.h"
#include "src/qmail/candidate.h"
#include "src/qmail/mail_policy.h"
#include "src/qmail/route.h"

namespace qmail {

/// The port of a host: what smtproutes says, else the policy, else 25.
[[nodiscard]] std::uint16_t port_for(const Route& route, const MailPolicy& policy);

/// Whether TLS begins with the connection at a port (RFC 8314 3.3).
[[nodiscard]] mail::TlsStart start_at(std::uint16_t port);

/// The facts about a host whose TLSA records are not asked for: a certificate is pinned
/// in their place, the host is an address (RFC 7672 2.2), or the level wants none.
/// Nothing if the DNS must be asked.
[[nodiscard]] std::optional<policy::DnsFacts> facts_without_lookup(
    const MailPolicy& policy, const Candidate& candidate);

/// Whether DANE is a duty and the MX records that led to the host are not secure: whoever
/// forged them chose the host, which then proves nothing about the domain (RFC
/// 7672 2.2.1). A pinned certificate is the user's word and needs no DNS.
[[nodiscard]] bool lacks_secure_mx(const Route& route, const MailPolicy& policy);

/// Makes the names of the facts those that the certificate may have (RFC 7672 3.2.2): for
/// DANE the base domain, and the next-hop domain behind secure MX records; for PKIX the
/// next-hop domain, and the host's name where secure records, or a line about the host
/// itself, lead to it.
void add_names(const Route& route, const MailPolicy& policy, policy::DnsFacts& facts);

/// The peer, but for its address and trust store. Errors, kind `temporary`: code
/// `no_tlsa`, also for what `lacks_secure_mx`, and those of policy::decide.
[[nodiscard]] base::Result<mail::Peer> required_peer(const Route& route,
                                                     const MailPolicy& policy,
                                                     policy::DnsFacts facts);

}  // namespace qmail
